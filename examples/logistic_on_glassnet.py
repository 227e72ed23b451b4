"""The same logistic regression on glassnet: a network without hidden layers. It prints the same numbers."""

from glassnet import Experiment, run

training = run(
    Experiment(
        dataset="breast_cancer",
        hidden="none",
        initializer="zeros",
        optimizer="sgd:lr=0.5",
        batch_size="full",
        l2=0,
        epochs=100,
        test=0,
        validation=0,
    )
)
for epoch in training:
    if epoch.number in (1, 10, 100):
        print(f"step {epoch.step:3}: loss {epoch.loss:.6f}")

network = training.network
w, b = network.view(network.w, "weight", 0), network.view(network.w, "bias", 0)
accuracy = training.scores()["train"]["accuracy"]
print(f"accuracy {accuracy:.4f}, first weight {w[0, 0]:.6f}, bias {b[0]:.6f}")
