// An article that was fetched ahead was not counted as read then; now it is looked at. Nothing is
// said of who looks: no cookie goes along.
const [way] = performance.getEntriesByType("navigation");
if (way?.deliveryType === "navigational-prefetch") {
  const { reads } = document.querySelector("[data-reads]").dataset;
  fetch(reads, { method: "POST", credentials: "omit", keepalive: true }).catch(() => {});
}
