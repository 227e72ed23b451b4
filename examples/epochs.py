"""Training is a loop over epochs: look at each one, then at the history as a table, per epoch and per step."""

from glassnet import Experiment, run

experiment = Experiment(dataset="moons", hidden=(16, 8), activation="tanh", optimizer="adam:lr=0.01")
training = run(experiment, keep_step_losses=True)
for epoch in training:
    if epoch.number % 10 == 0:
        scores = epoch.scores["validation"]
        print(f"epoch {epoch.number}: loss {epoch.loss:.3f}, validation accuracy {scores['accuracy']:.3f}")

print(training.history[["epoch", "step", "loss", "validation_loss", "train_accuracy"]].tail(3).round(3))
print(training.step_history.tail(3).round(3))
print("test rows:", {name: round(value, 3) for name, value in training.scores()["test"].items()})
