"""Reads are of people: what programs call themselves, and who is taken for whom."""

import pytest

from storefront.machines import is_person

KHTML = "AppleWebKit/537.36 (KHTML, like Gecko)"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5) AppleWebKit/605.1.15 (KHTML, like Gecko)"
PEOPLE = [
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    f"Mozilla/5.0 (Windows NT 10.0) {KHTML} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0",
    f"{PHONE} Version/18.5 Mobile/15E148 Safari/604.1",
    f"{PHONE} Mobile/15E148 Instagram 390.0.0.28.85 (iPhone15,3; iOS 18_5; en_US; scale=3.00)",
    f"{PHONE} Mobile/15E148 [FBAN/FBIOS;FBAV/520.0.0;FBDV/iPhone15,3;FBLC/en_US]",
    f"{PHONE} Mobile/15E148 [Pinterest/iOS]",
    f"{PHONE} Mobile/15E148 musical_ly_39.8.0 BytedanceWebview/d8a21c6",
    f"Mozilla/5.0 (Linux; Android 14; K) {KHTML} Chrome/141.0 Mobile Telegram-Android/11.2",
    f"Mozilla/5.0 (Linux; Android 10; CUBOT X30) {KHTML} Chrome/120.0.0.0 Mobile Safari/537.36",
    f"Mozilla/5.0 (Linux; Android 14; SM-S918B) {KHTML} SamsungBrowser/27.0 Mobile Safari/537.36",
    f"Mozilla/5.0 (Windows NT 10.0) {KHTML} Chrome/140.0 YaBrowser/25.8 Yowser/2.5 Safari/537.36",
    "Opera/9.80 (J2ME/MIDP; Opera Mini/9.80/191.299; U; en) Presto/2.12.423 Version/12.16",
    "Lynx/2.9.2 libwww-FM/2.14 SSL-MM/1.4.1 OpenSSL/3.5",
    "w3m/0.5.3+git20230121",
]  # fmt: skip
MACHINES = [
    "",
    "curl/8.14.1",
    "Wget/1.25",
    "python-requests/2.32.5",
    "Go-http-client/2.0",
    "okhttp/5.1.0",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    f"Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) {KHTML} Chrome/142.0.0.0 Mobile"
    " Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    f"Mozilla/5.0 {KHTML}; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/116",
    f"Mozilla/5.0 {KHTML}; compatible; GPTBot/1.3; +https://openai.com/gptbot)",
    f"Mozilla/5.0 {KHTML}; compatible; ChatGPT-User/1.0; +https://openai.com/bot",
    f"Mozilla/5.0 {KHTML}; compatible; ClaudeBot/1.0; +claudebot@anthropic.com)",
    f"Mozilla/5.0 {KHTML}; compatible; PerplexityBot/1.0; +https://perplexity.ai/perplexitybot)",
    "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    "Mozilla/5.0 (compatible; YandexImages/3.0; +http://yandex.com/bots)",
    "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
    "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
    "Mozilla/5.0 (compatible; SemrushBot/7~bl; +http://www.semrush.com/bot.html)",
    "Mozilla/5.0 (compatible; Yahoo! Slurp; http://help.yahoo.com/help/us/ysearch/slurp)",
    f"Mozilla/5.0 (Macintosh) {KHTML} (Applebot/0.1; +http://www.apple.com/go/applebot)",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "meta-externalagent/1.1 (+https://developers.facebook.com/docs/sharing/webmasters/crawler)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    "WhatsApp/2.23.20.0",
    "TelegramBot (like TwitterBot)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    f"Mozilla/5.0 (X11; Linux x86_64) {KHTML} HeadlessChrome/142.0.0.0 Safari/537.36",
    f"Mozilla/5.0 (Linux; Android 11) {KHTML} Chrome/142.0.0.0 Mobile Chrome-Lighthouse",
    "Mozilla/5.0 (compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
    f"Mozilla/5.0 (X11; Linux x86_64) {KHTML} Chrome/142.0 Safari/537.36 PTST/250901.1",
    "Pingdom.com_bot_version_1.4_(http://www.pingdom.com/)",
    "Mozilla/5.0 (compatible; archive.org_bot +http://archive.org/details/archive.org_bot)",
    "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 12 subscribers)",
    "x" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("name", PEOPLE)
def test_a_browser_is_a_person(name: str) -> None:
    assert is_person(name)


@pytest.mark.parametrize("name", MACHINES)
def test_a_machine_is_none(name: str) -> None:
    assert not is_person(name)
