package org.counterweight.train.group;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Tensors;

/**
 * Tensors that all processes have under the same names, made the same or summed. Large ones go by themselves, small ones
 * together: each exchange waits for all processes.
 */
public final class Exchange {
    private static final long SMALL = 1 << 16; // bytes

    private Exchange() {}

    /** Gives the others the first's values of these tensors, which come in the same order everywhere. */
    public static void broadcast(ProcessGroup group, Collection<Tensor> tensors) {
        if (group.size() == 1) {
            return;
        }
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            var small = new ArrayList<Tensor>();
            for (Tensor tensor : tensors) {
                if (tensor.nbytes() <= SMALL) {
                    small.add(tensor);
                } else {
                    broadcast(group, tensor);
                }
            }
            if (!small.isEmpty()) {
                together(group, small);
            }
        }
    }

    private static void broadcast(ProcessGroup group, Tensor tensor) {
        try (var scope = Scope.open()) {
            Tensor whole = tensor.detach().contiguous();
            group.broadcast(whole.flatten().view(ScalarType.Byte));
            if (!tensor.is_contiguous()) {
                tensor.copy_(whole);
            }
        }
    }

    private static void together(ProcessGroup group, List<Tensor> tensors) {
        long bytes = tensors.stream().mapToLong(Tensor::nbytes).sum();
        Tensor all = torch.zeros(new long[] {bytes}, Tensors.options(ScalarType.Byte));
        if (group.rank() == 0) {
            ByteBuffer into = Tensors.bytes(all);
            tensors.forEach(tensor -> into.put(Tensors.bytes(tensor.detach().contiguous())));
        }
        group.broadcast(all);
        if (group.rank() > 0) {
            ByteBuffer from = Tensors.bytes(all);
            for (Tensor tensor : tensors) {
                Tensor value = torch.empty_like(tensor.detach()).contiguous();
                int length = Math.toIntExact(value.nbytes());
                Tensors.bytes(value).put(from.slice(from.position(), length));
                from.position(from.position() + length);
                tensor.copy_(value);
            }
        }
    }

    /**
     * Sums the gradients of all processes. One that a process has not counts as 0 there; one that none has is left out, since
     * an optimizer tells it from 0.
     */
    public static void sumGradients(ProcessGroup group, Collection<Tensor> parameters) {
        if (group.size() == 1) {
            return;
        }
        try (var scope = Scope.open();
                var off = Tensors.noGrad()) {
            long[] there = parameters.stream()
                    .mapToLong(parameter -> parameter.grad().defined() ? 1 : 0)
                    .toArray();
            Tensor counts = Tensors.longs(there);
            group.sum(counts);
            long[] somewhere = Tensors.toLongs(counts);
            var small = new ArrayList<Tensor>();
            int i = 0;
            for (Tensor parameter : parameters) {
                if (somewhere[i++] == 0) {
                    continue;
                }
                if (!parameter.grad().defined()) {
                    parameter.mutable_grad().put(torch.zeros_like(parameter));
                }
                Tensor gradient = parameter.grad();
                if (gradient.nbytes() <= SMALL) {
                    small.add(gradient);
                } else {
                    sum(group, gradient);
                }
            }
            if (!small.isEmpty()) {
                summedTogether(group, small);
            }
        }
    }

    /** In float32, or in float64 if it is that already. */
    private static Tensor wide(Tensor tensor) {
        return tensor.element_size() < 4 ? tensor.to(ScalarType.Float) : tensor;
    }

    private static void sum(ProcessGroup group, Tensor gradient) {
        try (var scope = Scope.open()) {
            Tensor whole = wide(gradient).contiguous();
            group.sum(whole);
            if (!gradient.is_contiguous() || gradient.element_size() < 4) {
                gradient.copy_(whole);
            }
        }
    }

    private static void summedTogether(ProcessGroup group, List<Tensor> gradients) {
        boolean anyDouble = gradients.stream().anyMatch(gradient -> gradient.element_size() > 4);
        ScalarType type = anyDouble ? ScalarType.Double : ScalarType.Float;
        Tensor all = torch.cat(
                new TensorVector(gradients.stream()
                        .map(gradient -> gradient.flatten().to(type))
                        .toArray(Tensor[]::new)),
                0);
        group.sum(all);
        long from = 0;
        for (Tensor gradient : gradients) {
            long length = gradient.numel();
            gradient.copy_(all.narrow(0, from, length).view_as(gradient));
            from += length;
        }
    }
}
