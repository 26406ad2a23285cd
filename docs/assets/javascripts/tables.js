// Every table sorts by its headers and can be copied or downloaded; without scripts it stands as it was written.

// How a cell is read ------------------------------------------------------

const NUMBER = "[+\u2212-]?(?:\\d{1,3}(?:\\.\\d{3})+|\\d+)(?:,\\d+)?";
const QUANTITY = new RegExp(`^[<>≈]?\\s*(${NUMBER}|[+\u2212-]?∞)\\s*(?:±\\s*(${NUMBER}))?(?:\\[(${NUMBER});\\s*(${NUMBER})\\])?\\s*([%°]|\\p{L}+)?$`, "u");
const DURATION = /^(?:(\d+) h)? ?(?:(\d+) min)? ?(?:(\d+(?:,\d+)?) s)?$/;
const DATE = /^(\d{1,2})º? de (\p{L}+) de (\d{4})/u;
const SHORT_DATE = /^(\d{2})\/(\d{2})\/(\d{4})/;
const MONTHS = "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro".split(" ");

function textOf(cell) {
  const copy = cell.cloneNode(true);
  for (const added of copy.querySelectorAll(".sort, .katex-html, math > semantics > :not(annotation)")) added.remove();
  for (const end of copy.querySelectorAll("br")) end.replaceWith(" / ");
  for (const pill of copy.querySelectorAll(".verdict")) pill.before(" ");
  return copy.textContent.replace(/\s+/g, " ").trim();
}
function toNumber(text) {
  const plain = text.replaceAll(".", "").replace(",", ".").replace("\u2212", "-").replace("∞", "Infinity");
  return Number(plain);
}
// The number by which a cell is sorted: a quantity (the value, not its ±), seconds, a day; NaN if it is none of these.
function valueOf(text) {
  const quantity = QUANTITY.exec(text);
  const duration = text && DURATION.exec(text);
  if (duration) return [3600, 60, 1].reduce((sum, unit, part) => sum + unit * toNumber(duration[part + 1] ?? "0"), 0);
  if (quantity) return toNumber(quantity[1]) * (text.startsWith("<") ? 0.999 : 1);
  if (text === "zero") return 0;
  const date = DATE.exec(text);
  if (date) return Date.UTC(date[3], MONTHS.indexOf(date[2]), date[1]);
  const short = SHORT_DATE.exec(text);
  return short ? Date.UTC(short[3], short[2] - 1, short[1]) : NaN;
}

// Sorting -----------------------------------------------------------------

const byWords = new Intl.Collator("pt-BR", { numeric: true }).compare;

function order(rows, column, descending) {
  const texts = new Map(rows.map((row) => [row, textOf(row.cells[column])]));
  const values = new Map(rows.map((row) => [row, valueOf(texts.get(row))]));
  const known = rows.filter((row) => !Number.isNaN(values.get(row)));
  const numeric = known.length * 2 >= rows.length;
  const compare = numeric
    ? (a, b) => values.get(a) - values.get(b) || 0
    : (a, b) => byWords(texts.get(a), texts.get(b));
  const last = rows.filter((row) => (numeric ? !known.includes(row) : !texts.get(row))); // whichever the direction
  const sorted = rows.filter((row) => !last.includes(row)).sort(compare);
  if (descending) sorted.sort((a, b) => -compare(a, b));
  return [...sorted, ...last];
}
function connectSort(table) {
  const body = table.tBodies[0];
  const written = [...body.rows];
  const isTotal = (row) => row.cells[0].querySelector(":scope > strong:only-child") !== null;
  const totals = written.filter(isTotal); // stay below what they sum
  const rows = written.filter((row) => !totals.includes(row));
  if (rows.length < 2) return;
  const heads = [...table.tHead.rows[0].cells];

  function sort(head) {
    const next = { ascending: "descending", descending: null }[head.ariaSort];
    const direction = next === undefined ? "ascending" : next; // the third time, as it was written
    for (const other of heads) other.removeAttribute("aria-sort");
    if (direction) head.ariaSort = direction;
    body.append(...(direction ? order(rows, head.cellIndex, direction === "descending") : rows), ...totals);
  }
  for (const head of heads) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.ariaLabel = `Ordenar por ${textOf(head) || "esta coluna"}`;
    button.addEventListener("click", () => sort(head));
    head.append(button);
  }
}

// Copying and downloading --------------------------------------------------

// Rows of texts. A column of "12,3 ± 0,4" or "0,98 [0,95; 1,00]" becomes one of values and one or two of what is beside them,
// so that a spreadsheet can calculate; its minus is the keyboard's.
function contents(table) {
  const rows = [...table.rows].filter((row) => !row.classList.contains("filtered"));
  const texts = rows.map((row) => [...row.cells].map(textOf));
  const [head, ...body] = texts;
  const plain = (text) => (QUANTITY.test(text) ? text.replaceAll("\u2212", "-") : text);
  return [head, ...body].map((row, index) =>
    row.flatMap((text, column) => {
      const found = body.map((cells) => QUANTITY.exec(cells[column]));
      const spread = found.some((match) => match?.[2]);
      const ends = found.some((match) => match?.[3]);
      if (index === 0) return [text, ...(spread ? [`${text} (±)`] : []), ...(ends ? [`${text} (de)`, `${text} (até)`] : [])];
      const match = QUANTITY.exec(text);
      const value = match && (match[2] || match[3]) ? match[1] + (match[5] === "%" ? "%" : "") : text;
      return [value, ...(spread ? [match?.[2] ?? ""] : []), ...(ends ? [match?.[3] ?? "", match?.[4] ?? ""] : [])].map(plain);
    }),
  );
}
// As Brazilian spreadsheets open it: semicolons, because the comma is the decimals'; a byte order mark, or accents are lost.
function toCsv(rows) {
  const field = (text) => (/[";\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return "\ufeff" + rows.map((row) => row.map(field).join(";") + "\r\n").join("");
}
const toCells = (rows) => rows.map((row) => row.join("\t")).join("\n"); // pasted, it fills the cells of a spreadsheet

async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea"); // a page without https has no clipboard but this
  field.value = text;
  document.body.append(field);
  field.select();
  document.execCommand("copy");
  field.remove();
}
function download(name, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
function addTools(table, number) {
  const caption = table.closest("figure")?.querySelector(".caption-prefix")?.textContent.trim().replace(/\.$/, "");
  const slug = location.pathname.split("/").filter(Boolean).at(-1)?.replace(/\.html$/, "") ?? "pagina";
  const tools = document.createElement("div");
  tools.className = "table-tools";
  tools.setAttribute("role", "group");
  tools.ariaLabel = caption ?? `Tabela sem legenda, ${number}ª da página`;
  const button = (label, act) => {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = label;
    made.addEventListener("click", () => act(made));
    tools.append(made);
  };
  button("Copiar", async (made) => {
    await copy(toCells(contents(table)));
    made.textContent = "Copiada";
    setTimeout(() => (made.textContent = "Copiar"), 2000);
  });
  button("Baixar CSV", () => download(`${slug}-tabela-${number}.csv`, toCsv(contents(table))));
  (table.closest(".md-typeset__scrollwrap") ?? table).after(tools);
}

document$.subscribe(() => {
  const tables = [...document.querySelectorAll("article table:not([class])")].filter((table) => table.tHead && table.tBodies.length);
  for (const [index, table] of tables.entries()) {
    connectSort(table);
    addTools(table, index + 1);
  }
});
