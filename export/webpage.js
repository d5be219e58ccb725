import DataTable from "LIBRARY";

const collator = new Intl.Collator(undefined, { numeric: true });

// What has no value comes last, upwards and downwards.
function compare(a, b, sign) {
  if (a === "" || b === "") return (a === "") - (b === "");
  const numbers = isFinite(a) && isFinite(b);
  return sign * (numbers ? a - b : collator.compare(a, b));
}
DataTable.ext.type.order["shown-asc"] = (a, b) => compare(a, b, 1);
DataTable.ext.type.order["shown-desc"] = (a, b) => compare(a, b, -1);

// Groups are told by rules and by what is not repeated: only where rows are as they were written.
function mark(table, api) {
  const moved = api.search() !== "" || api.order().some(([, direction]) => direction);
  table.classList.toggle("grouped", !moved);
}

// A number tells of its runs and its row's tasks, the name of a row of its tasks alone.
function show(cell, dialog) {
  const told = [cell.title, cell.closest("tr").dataset.source].filter(Boolean);
  if (!told.length) return;
  dialog.querySelector("pre").textContent = told.join("\n\n");
  dialog.showModal();
}

for (const table of document.querySelectorAll("table.results")) {
  const api = new DataTable(table, {
    paging: false,
    autoWidth: false,
    order: [],
    columnDefs: [{ type: "shown", targets: "_all" }],
    language: {
      search: "Filter",
      info: "_TOTAL_ rows",
      infoEmpty: "No rows",
      infoFiltered: "of _MAX_",
      zeroRecords: "No row has this text",
    },
    layout: { topStart: null, topEnd: "search", bottomStart: "info", bottomEnd: null },
  });
  api.on("draw", () => mark(table, api));
  const dialog = document.querySelector("dialog");
  table.tBodies[0].addEventListener("click", ({ target }) => {
    const cell = target.closest("td");
    if (cell) show(cell, dialog);
  });
}

// Paper cannot be opened by a click.
addEventListener("beforeprint", () => {
  for (const closed of document.querySelectorAll("details")) closed.open = true;
});
