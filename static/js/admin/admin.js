// Everything script adds to the admin's pages; each part is fetched where there is use for it.
const wanted = () => {
  if (document.getElementById("keys")) import("./keys.js");
  if (document.querySelector("form[data-guard]")) import("./leave-guard.js");
  if (document.querySelector("form[data-scan]")) import("./scanning.js");
  if (document.querySelector(".toast, [data-picked]")) import("./lists.js");
};
wanted();
document.addEventListener("swap", wanted);
