"""Makes expected-metrics.json with scikit-learn, an implementation that shares nothing with ours.

Debian: apt-get install python3-sklearn, then /usr/bin/python3 expected-metrics.py > expected-metrics.json
"""
import json

import numpy as np
import sklearn
from sklearn import metrics as m

rng = np.random.default_rng(4)


def case(task, images, outputs, decimals):
    if task == "multi-label, binary-class":
        truth = (rng.random((images, outputs)) < 0.3).astype(int)
        scores = np.clip(0.35 * truth + 0.65 * rng.random((images, outputs)), 0, 1)
        scores = np.round(scores, decimals).astype(np.float32)
        predicted = (scores > 0.5).astype(int)
        auc = np.mean([m.roc_auc_score(truth[:, k], scores[:, k]) for k in range(outputs)])
        acc = np.mean([m.accuracy_score(truth[:, k], predicted[:, k]) for k in range(outputs)])
        binary = [(truth[:, k], predicted[:, k], scores[:, k]) for k in range(outputs)]
        confusion = None
    else:
        truth = rng.integers(0, outputs, images)
        raw = rng.random((images, outputs)) + 0.5 * np.eye(outputs)[truth]
        scores = np.round(raw / raw.sum(1, keepdims=True), decimals).astype(np.float32)
        if task == "binary-class":
            predicted = (scores[:, -1] > 0.5).astype(int)
            auc = m.roc_auc_score(truth, scores[:, -1])
        else:
            predicted = scores.argmax(1)
            auc = np.mean([m.roc_auc_score(truth == k, scores[:, k]) for k in range(outputs)])
        acc = m.accuracy_score(truth, predicted)
        binary = [(truth == k, predicted == k, scores[:, k]) for k in range(outputs)]
        confusion = m.confusion_matrix(truth, predicted, labels=range(outputs)).tolist()
    per_class = [{
        "sensitivity": m.recall_score(t, p, zero_division=0),
        "specificity": m.recall_score(1 - t.astype(int), 1 - p.astype(int), zero_division=0),
        "precision": m.precision_score(t, p, zero_division=0),
        "f1": m.f1_score(t, p, zero_division=0),
    } for t, p, _ in binary]
    roc = []
    for t, _, s in binary:
        fpr, tpr, _ = m.roc_curve(t, s, drop_intermediate=False)
        roc.append([[float(a), float(b)] for a, b in zip(fpr, tpr)])
    return {"task": task, "images": images, "outputs": outputs, "truth": truth.ravel().tolist(),
            "scores": [float(f"{s:.6g}") for s in scores.ravel()], "auc": float(auc), "accuracy": float(acc),
            "perClass": per_class, "confusion": confusion, "roc": roc}


cases = [case("binary-class", 41, 2, 2), case("multi-class", 60, 4, 2), case("ordinal-regression", 50, 5, 1),
         case("multi-label, binary-class", 40, 3, 2)]
print(json.dumps({"made_with": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}", "cases": cases}))
