// The scoreboard's filter is rendered hidden: without scripts the whole table stands, and no control is dead.
// The choices stand in the query of the address, not in its hash, which is for places on the page.
function connectFilter(form) {
  const choices = [...form.querySelectorAll("select")];
  const groups = [...document.querySelectorAll(".scoreboard")];
  const rowsOf = (group) => [...group.querySelectorAll("tbody tr")];
  const total = groups.flatMap(rowsOf).length;

  function show() {
    let shown = 0;
    for (const group of groups) {
      const hidden = rowsOf(group).map((row) => {
        const out = choices.some(({ name, value }) => value && row.cells[0].dataset[name] !== value);
        row.classList.toggle("filtered", out);
        return out;
      });
      group.classList.toggle("filtered", hidden.every(Boolean));
      shown += hidden.filter((out) => !out).length;
    }
    form.querySelector("output").textContent = `${shown} de ${total} afirmações`;
  }
  function read() {
    const asked = new URLSearchParams(location.search);
    for (const choice of choices) {
      choice.value = asked.get(choice.name) ?? "";
      if (choice.selectedIndex < 0) choice.value = ""; // what the page does not know filters nothing
    }
    show();
  }
  function keep() {
    const address = new URL(location.href);
    for (const { name, value } of choices) {
      if (value) address.searchParams.set(name, value);
      else address.searchParams.delete(name);
    }
    history.replaceState(history.state, "", address);
    show();
  }

  form.addEventListener("change", keep);
  form.addEventListener("submit", (event) => {
    event.preventDefault(); // what there is to choose acts at once: the button takes it back
    for (const choice of choices) choice.value = "";
    keep();
  });
  form.hidden = false;
  read();
}
document$.subscribe(() => {
  for (const form of document.querySelectorAll("form.filter[hidden]")) connectFilter(form);
});
