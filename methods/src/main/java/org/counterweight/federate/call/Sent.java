package org.counterweight.federate.call;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.federate.ClientReport;
import org.counterweight.federate.client.LocalResult;

/**
 * What a client sent. Its tensors belong to no thread's scope, and are closed with it.
 *
 * @param bytes of the message: the update, and what it says of single steps
 */
public record Sent(ClientReport report, long bytes) implements AutoCloseable {
    private static final long NUMBER = 8;

    /** Takes over a result of the scope that is open. */
    public static Sent of(String client, double rate, LocalResult result) {
        var update = new LinkedHashMap<String, Tensor>();
        result.update().forEach((name, tensor) -> update.put(name, Scope.own(tensor)));
        Tensor steps = result.perStep();
        var own = new LocalResult(
                Map.of(),
                update,
                Scope.own(result.mean()),
                result.steps(),
                result.batches(),
                result.rows(),
                result.losses(),
                result.sumOfSquares(),
                steps == null ? null : Scope.own(steps));
        long bytes =
                bytes(update) + (result.sumOfSquares() == null ? 0 : NUMBER) + (steps == null ? 0 : steps.nbytes());
        return new Sent(new ClientReport(client, rate, own), bytes);
    }

    /** So many bytes as a message of these tensors has. */
    public static long bytes(Map<String, Tensor> tensors) {
        return tensors.values().stream().mapToLong(Tensor::nbytes).sum();
    }

    @Override
    public void close() {
        LocalResult result = report.result();
        result.update().values().forEach(Tensor::close);
        result.mean().close();
        Tensor steps = result.perStep();
        if (steps != null) {
            steps.close();
        }
    }
}
