package org.counterweight.balance.audit;

import static org.bytedeco.pytorch.global.torch.matmul;
import static org.counterweight.engine.Tensors.norm2;
import static org.counterweight.engine.Tensors.scalar;
import static org.counterweight.engine.Tensors.slice;
import static org.counterweight.engine.Tensors.sum;

import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.StringViewOptional;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;
import org.counterweight.model.part.LinearHead;

/**
 * How far neural collapse has gone; 0 everywhere is all the way. m_c = μ_c − mean of the class means.
 *
 * <p>V. Papyan, X. Y. Han and D. L. Donoho, PNAS 2020, with the conventions of the authors' notebook.
 *
 * @param nc1 tr(Σ_W Σ_B^+) with Σ_W = S_W / N, Σ_B = Σ m_c m_c^T / C and its min(C − 1, D) largest eigenvalues; the paper's
 *     formula divides it by C
 * @param meansEquinorm standard deviation (C − 1) over mean of ||m_c||
 * @param weightsEquinorm the same of the rows of the head
 * @param meansEquiangle mean over c ≠ c' of |cos(m_c, m_c') + 1 / (C − 1)|
 * @param weightsEquiangle the same of the rows of the head
 * @param nc3 ||W / ||W|| − M / ||M||||², M with the rows m_c
 * @param nc4 share of rows that the head puts into another class than the nearest class mean does
 */
public record Collapse(
        double nc1,
        double meansEquinorm,
        double weightsEquinorm,
        double meansEquiangle,
        double weightsEquiangle,
        double nc3,
        double nc4) {

    static Collapse of(Scatter scatter, Tensor features, LinearHead head) {
        long classes = scatter.means().size(0);
        Tensor m = scatter.means().sub(Tensors.mean(scatter.means(), true, 0));
        Tensor weight = head.weight();
        return new Collapse(
                nc1(scatter, m, features.size(0)),
                equinorm(m),
                equinorm(weight),
                equiangle(m),
                equiangle(weight),
                weight.div(weight.norm()).sub(m.div(m.norm())).square().sum().item_double(),
                disagreement(scatter.means(), features, head) / features.size(0));
    }

    private static double nc1(Scatter scatter, Tensor m, long rows) {
        long classes = m.size(0);
        long width = m.size(1);
        long kept = Math.min(classes - 1, width);
        // the singular values of M are the roots of the eigenvalues of M^T M, without building it
        var svd = torch.linalg_svd(m, false, new StringViewOptional());
        Tensor values = slice(svd.get1(), 0, 0, kept).square().div_(scalar(classes));
        Tensor vectors = slice(svd.get2(), 0, 0, kept).t(); // [D, kept]
        Tensor spread = sum(matmul(scatter.within(), vectors).mul(vectors), false, 0);
        return spread.div(values).sum().item_double() / rows;
    }

    private static double equinorm(Tensor rows) {
        Tensor norms = norm2(rows, false, 1);
        return norms.std(true).item_double() / norms.mean().item_double();
    }

    private static double equiangle(Tensor rows) {
        long classes = rows.size(0);
        Tensor units = rows.div(norm2(rows, true, 1));
        Tensor distance =
                matmul(units, units.t()).add(scalar(1.0 / (classes - 1))).abs();
        double pairs = classes * (classes - 1.0);
        return (distance.sum().item_double() - distance.trace().item_double()) / pairs;
    }

    private static double disagreement(Tensor means, Tensor features, LinearHead head) {
        // ||h − μ||² without ||h||², which is the same for all classes
        Tensor nearest = sum(means.square(), false, 1)
                .sub(matmul(features, means.t()).mul(scalar(2)))
                .argmin(new LongOptional(1), false);
        Tensor told = head.logits(features).argmax(new LongOptional(1), false);
        return told.ne(nearest).sum().item_double();
    }
}
