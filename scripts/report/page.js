"use strict";
// The page is whole without this: it switches light and dark, and dims all but one workload in every figure.
(function () {
  var root = document.documentElement;
  document.querySelectorAll("[data-script]").forEach(function (element) { element.hidden = false; });
  var theme = document.getElementById("theme");
  if (theme) theme.addEventListener("click", function () {
    var dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
  });
  var picked = null;
  var buttons = document.querySelectorAll("button[data-pick]");
  buttons.forEach(function (button) {
    button.addEventListener("click", function () {
      picked = picked === button.dataset.pick ? null : button.dataset.pick;
      if (picked === null) delete root.dataset.lit; else root.dataset.lit = "";
      buttons.forEach(function (other) { other.setAttribute("aria-pressed", String(other.dataset.pick === picked)); });
      document.querySelectorAll("[data-series]").forEach(function (mark) {
        mark.classList.toggle("dim", picked !== null && mark.dataset.series !== picked);
      });
    });
  });
})();
