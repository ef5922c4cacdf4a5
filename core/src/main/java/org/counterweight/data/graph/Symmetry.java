package org.counterweight.data.graph;

import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.counterweight.engine.Tensors;

/** How edges that go one way become edges that go both. */
public enum Symmetry {
    /** They stay as they are. */
    NONE,
    /** Between two nodes as many each way as there are the way of more. */
    MAX,
    /** Each both ways, whatever there is already; one from a node to itself twice. */
    SUM;

    /**
     * The edges, {@code int64 [2, edges]}.
     *
     * @param edges {@code int64 [2, edges]}, from senders to receivers
     * @param nodes how many nodes
     */
    public Tensor of(Tensor edges, long nodes) {
        return switch (this) {
            case NONE -> edges;
            case SUM -> torch.cat(new TensorVector(edges, edges.flip(0)), 1);
            case MAX -> edges.size(1) == 0 ? edges : most(edges, nodes);
        };
    }

    private static Tensor most(Tensor edges, long nodes) {
        Tensor there = edges.select(0, 0).mul(new Scalar(nodes)).add(edges.select(0, 1));
        Tensor back = edges.select(0, 1).mul(new Scalar(nodes)).add(edges.select(0, 0));
        T_TensorTensorTensor_T found =
                torch.unique_dim(torch.cat(new TensorVector(there, back), 0), 0, true, true, false);
        Tensor codes = new Tensor(found.get0());
        Tensor places = new Tensor(found.get1());
        Tensor times = count(Tensors.slice(places, 0, 0, there.size(0)), codes)
                .maximum(count(Tensors.slice(places, 0, there.size(0), places.size(0)), codes));
        Tensor all = codes.index_select(0, torch.repeat_interleave(times));
        Tensor senders = all.floor_divide(new Scalar(nodes));
        return torch.stack(new TensorVector(senders, all.sub(senders.mul(new Scalar(nodes)))), 0);
    }

    private static Tensor count(Tensor places, Tensor codes) {
        return places.bincount(new TensorOptional(), codes.size(0));
    }
}
