"""A shop that sells nothing restricted has no page that asks for an age."""


def test_without_a_restricted_class_there_is_no_such_page(client):
    for path in ("/age", "/age/answer"):
        assert client.get(path).status_code == 404
    assert client.post("/age", data={"day": "1"}).status_code == 404
