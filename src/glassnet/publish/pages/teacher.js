// Bring the list up to date, but never under somebody's hand: not while a button of it has the focus or a student is unfolded.
const state = document.getElementById("state");
async function look() {
  try {
    const answer = await fetch("/-/teacher/state", {credentials: "same-origin"});
    if (answer.status === 403) { location.reload(); return; }
    const page = await answer.text();
    if (answer.ok && page !== look.last && !state.contains(document.activeElement) && !state.querySelector("details[open]")) {
      state.innerHTML = look.last = page;
    }
  } catch (error) { /* the server is down: the next look tells */ }
  setTimeout(look, 3000);
}
setTimeout(look, 3000);
