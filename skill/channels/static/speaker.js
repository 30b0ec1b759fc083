"use strict";
// Speaks, listens, plays. The page answers without this file too; nothing here calls anybody but the town hall.
const $ = (id) => document.getElementById(id);
const t = JSON.parse(document.body.dataset.texts), locale = document.body.dataset.locale;
const box = {
  get: (name) => { try { return localStorage.getItem(`mairie-${name}`); } catch { return null; } },
  set: (name, value) => { try { value === null ? localStorage.removeItem(`mairie-${name}`) : localStorage.setItem(`mairie-${name}`, value); } catch { /* private window */ } },
};
const form = $("ask"), field = $("text"), audio = $("audio"), speak = $("speak");
const voice = window.speechSynthesis, Ear = window.SpeechRecognition || window.webkitSpeechRecognition;
let session = JSON.parse(form.elements.session.value || "null"), playing = null, waiting = null, last = "", pace = "", turn = 0, told = 0;

// Settings, kept on this device only.
$("settings").hidden = false;
$("aloud").checked = box.get("aloud") !== "no";
$("rate").value = box.get("rate") || "0.95";
if (!$("rate").value) $("rate").value = "0.95";
$("remember").checked = Boolean(box.get("user"));
$("aloud").onchange = () => { box.set("aloud", $("aloud").checked ? "yes" : "no"); voice?.cancel(); };
$("rate").onchange = () => box.set("rate", $("rate").value);
$("remember").onchange = () => box.set("user", $("remember").checked ? crypto.getRandomValues(new Uint32Array(5)).join("-") : null);
const user = () => box.get("user") || "";

// The voice.
const say = (text) => {
  if (!voice || !text) return;
  voice.cancel();
  const words = new SpeechSynthesisUtterance(text), quiet = audio.volume;
  words.lang = locale;
  words.voice = voice.getVoices().find((v) => v.lang.replace("_", "-") === locale && v.localService) || null;
  words.rate = Number($("rate").value) * (pace === "slow" ? 0.8 : pace === "fast" ? 1.2 : 1);
  words.onstart = () => { audio.volume = 0.2; $("hush").hidden = false; };
  words.onend = words.onerror = () => { audio.volume = quiet < 0.3 ? 1 : quiet; $("hush").hidden = true; };
  voice.speak(words);
};
$("hear").hidden = !voice;
$("again").hidden = !$("said").textContent;
$("again").onclick = () => say(last || $("said").textContent);
$("hush").onclick = () => voice.cancel();

// One question, one answer. An answer that comes after a newer question is not shown.
const post = async (path, data) => {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(data) });
  if (answer.status === 429) throw new Error(t.many);
  if (!answer.ok && answer.status !== 503) throw new Error(t.offline);
  return answer.json();
};
const player = () => ({ token: playing?.token || "", offset_ms: Math.round(audio.currentTime * 1000), playing: Boolean(playing) && !audio.paused });
const show = (asked, text, card = "") => {
  if (last) {
    const row = document.createElement("li"), was = document.createElement("em");
    was.textContent = $("asked").textContent;
    row.append(was, last);
    $("turns").prepend(row);
    while ($("turns").children.length > 20) $("turns").lastChild.remove();
    $("past").hidden = false;
  }
  $("asked").textContent = asked;
  $("said").textContent = last = text;
  $("card").textContent = card;
  $("answer").hidden = false;
  $("again").hidden = !text;
};
const ask = async (text) => {
  const mine = ++turn;
  text = text.trim();
  if (!text) return;
  field.value = "";
  $("answer").setAttribute("aria-busy", "true");
  try {
    const answer = await post("/api/ask", { text, locale, session, user: user(), player: player() });
    if (mine < told) return;
    told = mine;
    session = answer.session || session;
    pace = answer.rate || "";
    show(text, answer.speech || answer.error || "♪", answer.card?.text);
    chips(answer.choices || []);
    obey(answer.audio);
    if ($("aloud").checked) say(answer.speech);
  } catch (error) {
    show(text, error instanceof TypeError ? t.offline : error.message);
    field.value = field.value || text;
  } finally {
    $("answer").removeAttribute("aria-busy");
  }
};
form.addEventListener("submit", (event) => { event.preventDefault(); ask(field.value); });
$("chips").addEventListener("submit", (event) => { event.preventDefault(); ask(event.submitter.value); });
const chips = (names) => {
  for (const old of document.querySelectorAll("#chips [data-choice]")) old.remove();
  for (const name of [...names].reverse()) {
    const part = document.createElement("form"), button = document.createElement("button");
    part.dataset.choice = "";
    button.value = button.textContent = name;
    part.append(button);
    $("chips").prepend(part);
  }
};

// Podcasts: in place, from where one was.
const own = (url) => { const found = new URL(url, location.href); return found.pathname.startsWith("/podcasts/") ? found.pathname : url; };
const report = (event) => playing && post("/api/player", { event, token: playing.token, offset_ms: Math.round(audio.currentTime * 1000), user: user(), player: player() })
  .then((order) => obey(order.audio)).catch(() => {});
const start = (sound) => {
  playing = sound;
  waiting = null;
  $("sound").hidden = false;
  $("what").textContent = sound.title || t.player;
  audio.src = own(sound.url);
  const from = sound.offset_ms / 1000 || Number(box.get(`at-${sound.token}`)) || 0;
  audio.onloadedmetadata = () => { if (from && from < audio.duration - 5) audio.currentTime = from; };
  audio.play().catch(() => {});
};
const obey = (order) => {
  if (!order) return;
  if (order.action === "stop") audio.pause();
  else if (order.action === "clear") waiting = null;
  else if (order.when === "now") start(order);
  else if (order.when === "instead" || order.previous === playing?.token) waiting = order;
};
let kept = 0;
audio.ontimeupdate = () => {
  if (!playing || Math.abs(audio.currentTime - kept) < 5) return;
  kept = audio.currentTime;
  box.set(`at-${playing.token}`, String(Math.floor(kept)));
};
let near = "";
audio.addEventListener("timeupdate", () => {
  if (playing && audio.duration - audio.currentTime < 10 && near !== playing.token) { near = playing.token; report("nearly_finished"); }
});
audio.onplay = () => { if (playing) report("started"); else if (audio.src) $("sound").hidden = false; };
audio.onpause = () => { if (!audio.ended) report("stopped"); };
audio.onended = () => { box.set(`at-${playing?.token}`, null); report("finished"); if (waiting) start(waiting); };
audio.onerror = () => report("failed");

// The ear, where the browser has one.
if (Ear) {
  speak.hidden = false;
  const label = speak.lastElementChild;
  let ear = null;
  const rest = () => { ear = null; speak.setAttribute("aria-pressed", "false"); label.textContent = t.speak; };
  rest();
  speak.onclick = () => {
    if (ear) return ear.stop();
    voice?.cancel();
    ear = new Ear();
    ear.lang = locale;
    ear.interimResults = true;
    let heard = "", failed = "";
    ear.onresult = (event) => { heard = [...event.results].map((r) => r[0].transcript).join(" "); field.value = heard; };
    ear.onerror = (event) => { failed = event.error === "not-allowed" || event.error === "service-not-allowed" ? t.nomic : t.notheard; };
    ear.onend = () => { rest(); if (heard) ask(heard); else show("", failed || t.notheard); };
    speak.setAttribute("aria-pressed", "true");
    label.textContent = t.listening;
    try { ear.start(); } catch { rest(); }
  };
} else field.focus({ preventScroll: true });
