// Every word that the page itself says, in English; what is said about data and networks comes from the server.

const n = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ",");
const percent = (share) => `${Math.round(100 * share)} %`;
const some = (...all) => all.filter(Boolean).join(", ");
const plain = (name) => name.replaceAll("_", " ");

const OPTIONS = { lr: "learning rate" };
const called = (name) => OPTIONS[name.split(".").at(-1)] ?? plain(name.split(".").at(-1));

export const W = {
  skip: "Skip to the network",
  run: "Run", tools: "More", close: "Close", more: "More settings",
  headings: {
    output: "What it has learned", network: "Network", card: "One unit", words: "What stands out", data: "Data",
    settings: "Training", curves: "Progress", inside: "A look inside", lesson: "Lesson", take: "Take it with you",
  },

  start: "Start", pause: "Pause", goOn: "Go on", step: "One step", epoch: "One epoch", rewind: "Start over",
  again: "New start",
  help: {
    start: "Space bar, too", more: "As many epochs again", step: "One update of the weights, with one batch of rows",
    epoch: "Every training row once", rewind: "The same weights as at the beginning; the last curve stays, pale",
    again: "Other weights at the beginning",
  },
  speed: "Speed",
  speeds: [
    ["step", "1 step/s"], ["1", "1 epoch/s"], ["5", "5 epochs/s"], ["20", "20 epochs/s"], ["full", "full speed"],
  ],
  counters: { epoch: "epoch", loss: "loss" }, metric: (name) => plain(name ?? ""),
  undo: "Undo", undoHelp: (what) => (what ? `Take back: ${what}` : "There is nothing to take back"),
  lessons: "Lessons", takeAway: "Take away",

  example: "An example to begin with", chooseExample: "choose ...",
  dataset: "Rows to learn from", ownTable: (name) => `${name} (yours)`,
  openTable: "Open a table ...", tableHelp: "A CSV file of your own, with a header. It stays on this computer.",
  tableRows: (name, rows) => `${name}: ${n(rows)} rows.`,
  tooLarge: (name, most) => `${name} is too large: ${n(most)} bytes are the most.`,
  learn: "Which column is to be learned?", learnIt: "Learn it",
  column: ({ name, example }) => `${name} (${example}, ...)`,
  rows: ({ train, validation, test }) => some(`${n(train)} rows to learn from`,
    validation && `${n(validation)} to watch over it`, test && `${n(test)} to test it`),
  download: "Get it", dontFetch: "Leave it",
  option: called,
  byItself: "automatic", byTask: (name) => `${name} (automatic)`, guest: (short, from) => `${short} · ${from}`,
  parts: {
    loss: "Loss", output: "Output", optimizer: "Optimizer", schedule: "Schedule", initializer: "First weights",
  },

  draw: "Draw points", drawing: "Drawing: click, or arrow keys and Enter; Delete takes the nearest away",
  stopDrawing: "Learn these points", clear: "Begin with none", drawAs: "Points of", newClass: "another class",
  drawn: (count) => (count === 1 ? "1 point" : `${n(count)} points`),

  plane: (title) => `The output for ${title}. Left and right arrow choose a row.`,
  axes: ["Across", "Up"], label: "Output shown",
  trainPoint: "learned from", testPoint: "test row",
  atMean: "The other columns are at their mean or most frequent value.",
  row: (row, t, y) => `Row ${row}: it is ${t}, the answer is ${y}.`,
  noRow: "Choose a row, by its point or picture, to follow it through the network.",
  noPlane: "No column holds numbers, so there is no plane to look at: the curves and tables tell how it does.",
  answered: (is, answer) => `${is}, answered ${answer}`,

  networkHelp: "Arrow keys move between units, Enter opens a unit's card.",
  inputs: "inputs", manyInputs: (count) => `${n(count)} inputs`,
  layer: (number) => `hidden ${number}`, outputLayer: "output",
  addLayer: "Add a layer", removeLayer: (name) => `Remove ${name}`,
  moreUnits: (name) => `One unit more in ${name}`, fewerUnits: (name) => `One unit fewer in ${name}`,
  freeze: "frozen", freezeHelp: (name) => `Weights of ${name} stay as they are`,
  activationOf: (name) => `Activation of ${name}`,
  unit: (layer, unit) => `${layer}, unit ${unit}`,
  dead: "dead", saturated: "saturated", deadUnit: "dead unit", saturatedUnit: "saturated unit",
  positive: "positive weight", negative: "negative weight",
  stuckHelp: {
    dead: "Dead: its slope is 0 on every training row, so nothing moves its weights any more.",
    saturated: "Saturated: on nearly all rows its answer lies on a flat end, so its weights hardly move.",
  },
  biasHelp: "The bias is added whatever comes in: it says where the unit begins to answer.",

  from: "from", weight: "weight", input: "input", product: "product", bias: "bias", hold: "frozen",
  sum: "sum z", answer: "answer a", slope: "slope", withRow: (row) => `With row ${row}`,
  weightFrom: (name) => `Weight from ${name}`, freezeFrom: (name) => `Freeze the weight from ${name}`,

  loss: "loss", training: "training", validation: "validation", before: "the run before",
  splits: { train: "training", validation: "validation", test: "test" },
  score: (name, all) => `${plain(name)}: ${some(...all.map(([split, text]) => `${split} ${text}`))}`,
  nothingYet: "It begins with the first epoch.",
  layers: "Gradients and units that stand still", gradient: "size of the gradient", layerName: "layer",
  stuck: "without slope",
  shares: (dead, saturated) =>
    some(dead && `${percent(dead)} of the units are dead`, saturated && `${percent(saturated)} of the answers lie flat`)
      || "none",
  confusion: "Which class is taken for which",
  confusionRows: (split) => `Rows of the ${split} split; each line is a true class, each column an answer.`,

  remedy: (settings, why) => `Try ${some(...settings.map(([name, value]) => `${called(name)} ${value}`))}: ${why}`,
  atEpoch: (epoch, words) => `at epoch ${n(epoch)} ${words}`,
  changes: (count) => `${count} ${count === 1 ? "change" : "changes"} by hand since the start`,
  replay: (count) => `Start over with the ${count === 1 ? "change" : `${count} changes`} by hand`,
  reading: "working ...", stopIt: "Stop it", startAnew: "Start it anew",
  lost: "The server does not answer. It is tried again each second; "
    + "if you have ended it, start glassnet play once more.",
  noToken: "This page needs the address that glassnet play has printed in the terminal: open that one.",
  replaced: "This session goes on in another window.", takeOver: "Go on here",

  address: "As an address", command: "In the terminal", python: "In Python",
  ownRows: (name) => `Your own rows are in no address. Here, ${name} has to lie in the folder in which it runs.`,
  copy: "Copy", copied: "Copied",
  byHand: "Changes by hand are in neither the address nor the command; they are in the Python.",
  wholeWay: (epoch, epochs) => `Here ${n(epoch)} of ${n(epochs)} epochs are done; these train all of them.`,
  taken: {
    keep: "Keep as a run", report: "Open its report", script: "Save as a program", points_file: "Save points.csv",
  },
  done: "Done.", play: "Try this", check: "Check my network", hints: "Hints", chooseLesson: "Choose a lesson",
  minutes: (count) => `${count} minutes`,
  playing: "how much of it is played", played: (done, total) => `Its cells are played: ${done} of ${total} parts. `,
};
