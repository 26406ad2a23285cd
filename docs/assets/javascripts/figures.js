// Figures can be enlarged, and image columns laid one over the other; without scripts they stand side by side as written.

function button(label, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = label;
  made.addEventListener("click", act);
  return made;
}

// Enlarged: a modal dialog, so that Esc closes it, the rest of the page is out of reach and the focus goes back.
function enlarge(figure) {
  const dialog = document.createElement("dialog");
  dialog.className = "zoom md-typeset";
  const name = figure.querySelector(".caption-prefix")?.textContent.trim().replace(/\.$/, "") ?? "Figura";
  dialog.ariaLabel = `${name}, ampliada`;
  const copy = figure.cloneNode(true);
  for (const own of copy.querySelectorAll(".figure-tools, .compare")) own.remove();
  for (const named of [copy, ...copy.querySelectorAll("[id]")]) named.removeAttribute("id");
  for (const image of copy.querySelectorAll("img")) {
    image.loading = "eager";
    image.style.setProperty("--width", image.getAttribute("width"));
    image.style.setProperty("--height", image.getAttribute("height"));
  }
  copy.style.setProperty("--columns", copy.querySelectorAll(".image-columns img").length || 1);
  dialog.append(button("Fechar", () => dialog.close()), copy);
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("a")) dialog.close(); // beside the figure, or away to its origin
  });
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

// Compared: two columns in one place, the range between them; a range knows pointer, touch and keyboard by itself.
function comparison(columns) {
  const named = [...columns.children].map((column) => ({
    name: column.querySelector("p")?.textContent.trim() ?? "",
    image: column.querySelector("img"),
  }));
  const sizes = new Set(named.map(({ image }) => `${image?.getAttribute("width")}×${image?.getAttribute("height")}`));
  if (named.length < 2 || sizes.size > 1) return null;
  const from = named.length > 2 && named[0].name === "Original" ? 1 : 0;
  const chosen = [from, Math.min(from + 2, named.length - 1)]; // of 10, 50 and 100 epochs, the ends

  const box = document.createElement("details");
  box.className = "compare";
  const summary = document.createElement("summary");
  summary.textContent = "Comparar duas colunas com um controle deslizante";
  const choices = document.createElement("p");
  const stage = document.createElement("div");
  stage.className = "compare-stage";
  const range = document.createElement("input");
  Object.assign(range, { type: "range", min: 0, max: 100, value: 50, ariaLabel: "Divisão entre as duas colunas" });

  const images = chosen.map((start, side) => {
    const image = named[start].image.cloneNode();
    image.loading = "lazy";
    const choice = document.createElement("select");
    choice.ariaLabel = side ? "Coluna da direita" : "Coluna da esquerda";
    named.forEach(({ name }, index) => choice.add(new Option(name, index, index === start, index === start)));
    choice.addEventListener("change", () => {
      chosen[side] = Number(choice.value);
      image.src = named[chosen[side]].image.src;
      image.alt = named[chosen[side]].image.alt;
      show();
    });
    choices.append(choice);
    return image;
  });
  function show() {
    stage.style.setProperty("--divide", `${range.value}%`);
    range.ariaValueText = `${range.value}% ${named[chosen[0]].name}, ${100 - range.value}% ${named[chosen[1]].name}`;
  }
  range.addEventListener("input", show);
  for (const side of ["width", "height"]) stage.style.setProperty(`--${side}`, images[0].getAttribute(side));
  stage.append(...images, range);
  box.append(summary, choices, stage);
  show();
  return box;
}

document$.subscribe(() => {
  for (const figure of document.querySelectorAll("article figure.figure")) {
    const tools = document.createElement("div");
    tools.className = "figure-tools";
    tools.append(button("Ampliar", () => enlarge(figure)));
    const columns = figure.querySelector(".image-columns");
    const compared = columns && comparison(columns);
    const caption = figure.querySelector("figcaption");
    caption.before(...(compared ? [compared] : []), tools);
  }
});
