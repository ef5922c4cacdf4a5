"use strict";

const at = id => document.getElementById(id);
let asked = "";
let shown = 0;

/** Sends a request; what is wrong becomes an error with the server's own words. */
async function send(method, path, body) {
  const headers = {};
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (method !== "GET") headers["Authorization"] = "Bearer " + at("token").value.trim();
  const answer = await fetch(path, {method, headers, body: body === undefined ? undefined : JSON.stringify(body)});
  const json = await answer.json();
  if (!answer.ok) throw new Error(json.error);
  return json;
}

function say(text, isWrong) {
  at("said").textContent = text;
  at("said").className = isWrong ? "wrong" : "";
}

/** Does something once, tells what went wrong, and keeps its button from being pressed twice. */
async function once(button, work) {
  button.disabled = true;
  say("", false);
  try {
    await work();
  } catch (e) {
    say(e.message, true);
  } finally {
    button.disabled = false;
  }
}

function show(answer) {
  const told = answer.label ?? answer.continuation ?? answer.answer ?? (answer.labels ? answer.labels.join(", ") : undefined)
    ?? answer.score ?? JSON.stringify(answer.scores ?? answer.masks);
  at("answer").textContent = String(told).trim();
  const by = [];
  if (answer.probability !== undefined) by.push("probability " + answer.probability);
  by.push(answer.edit === undefined ? "the model answered by itself" : "edit " + answer.edit + " answered");
  if (answer.dawin !== undefined) by.push("share of the second model " + answer.dawin);
  at("by").textContent = by.join(" · ");
  at("answer-section").hidden = false;
}

async function ask() {
  asked = at("text").value;
  show(await send("POST", "predict", {text: asked}));
}

async function correct() {
  const wanted = at("wanted-class").hidden ? at("wanted").value : at("wanted-class").value;
  const made = await send("POST", "edit", {text: asked, label: wanted});
  show(await send("POST", "predict", {text: asked}));
  await list(true);
  say(made.action === "none" ? "That is what it answers already."
    : made.right ? "Edit " + made.edit + " answers now." : "The edit was made, and did not learn the answer.", !made.right);
}

function cell(row, text) {
  const td = row.insertCell();
  td.textContent = text;
  return td;
}

async function list(anew) {
  if (anew) {
    shown = 0;
    at("edits").replaceChildren();
  }
  const book = await send("GET", "edits?from=" + shown);
  for (const edit of book.edits) {
    const row = at("edits").insertRow();
    cell(row, edit.edit);
    cell(row, edit.text);
    cell(row, edit.wanted);
    cell(row, edit.radius.toPrecision(3));
    cell(row, edit.hits);
    const button = document.createElement("button");
    button.textContent = "Delete";
    button.disabled = !book.takes_edits;
    button.addEventListener("click", () => once(button, async () => {
      await send("DELETE", "edits/" + edit.edit);
      await list(true);
      say("Edit " + edit.edit + " is deleted.", false);
    }));
    row.insertCell().append(button);
  }
  shown += book.edits.length;
  at("more").hidden = shown >= book.entries;
  at("rollback").hidden = !book.takes_edits || book.undoable === 0;
  at("edits-note").textContent = book.entries + " entries" + (book.layer ? " at " + book.layer : "")
    + (book.takes_edits ? "" : "; this server takes no edits");
  at("correct").hidden = !book.takes_edits;
}

async function begin() {
  const health = await send("GET", "health");
  at("model").textContent = health.model;
  at("adapter").textContent = health.adapter ? "with the adapter " + health.adapter
    : health.dawin ? "together with " + health.dawin : "";
  at("wanted-class").hidden = health.classes.length === 0;
  at("wanted").hidden = health.classes.length > 0;
  for (const name of health.classes) at("wanted-class").add(new Option(name, name));
  await list(true);
}

at("ask").addEventListener("submit", e => { e.preventDefault(); once(at("ask-button"), ask); });
at("correct").addEventListener("submit", e => { e.preventDefault(); once(at("correct-button"), correct); });
at("more").addEventListener("click", () => once(at("more"), () => list(false)));
at("rollback").addEventListener("click", () => once(at("rollback"), async () => {
  await send("POST", "edits/rollback", {edits: 1});
  await list(true);
  say("The last edit is undone.", false);
}));
begin().catch(e => say(e.message, true));
