"""Keep a run on disk, leave its loop when it is good enough, load it later and predict."""

from sklearn.datasets import load_iris

from glassnet import Experiment, load, record, run

training = run(Experiment(dataset="iris", hidden=16, optimizer="adam:lr=0.01", epochs=200))
recording = record(training)  # runs/0001-iris, or the next free number
for epoch in recording:
    if epoch.validation_loss < 0.2:
        print(f"good enough after {epoch.number} epochs")
        break
training.progress.restore_best(training.network)
recording.conclude()

kept = load("last")  # a folder, a number, or last
print("words:", kept.experiment.optimizer)
print("history:", len(kept.history), "epochs; test accuracy", round(kept.result["metrics"]["test"]["accuracy"], 3))
flowers = load_iris().data[[0, 50, 100]]  # raw measurements in cm: the model scales them itself
print("predicted:", *kept.predict(flowers))
