package org.counterweight.spark.federate;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.api.java.function.FlatMapFunction;
import org.apache.spark.broadcast.Broadcast;
import org.bytedeco.pytorch.Tensor;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.federate.call.Call;
import org.counterweight.federate.call.ClientTraining;
import org.counterweight.federate.call.Learner;
import org.counterweight.federate.call.Participant;
import org.counterweight.federate.call.Sent;
import org.counterweight.federate.settings.FederateConfig;
import org.counterweight.federate.settings.FederatedAlgorithm;
import org.counterweight.jobs.federate.ClientReader;

/**
 * One client's part of a round, on an executor.
 *
 * @param global h
 * @param shape of one row
 * @param labels all classes of the federation
 * @param seed of the federation
 */
record ClientTask(
        Broadcast<FederationContext> charge,
        Broadcast<TensorBytes> global,
        FederatedAlgorithm way,
        List<Integer> shape,
        List<String> labels,
        Seed seed)
        implements FlatMapFunction<Iterator<ClientOrder>, Answer> {
    private static final long serialVersionUID = 1;
    private static final long LOOK_MILLIS = 50;

    @Override
    public Iterator<Answer> call(Iterator<ClientOrder> orders) {
        return List.of(answer(orders.next())).iterator();
    }

    private Answer answer(ClientOrder order) {
        TaskContext task = TaskContext.get();
        try (var scope = Scope.open();
                Sent sent = trained(order, task)) {
            return new Answer(order.client(), place(), null, Answer.Made.of(sent));
        } catch (TaskKilledException e) {
            throw e;
        } catch (RuntimeException | OutOfMemoryError e) {
            goesOn(task);
            if (!isLast(charge.value())) {
                throw e; // Spark tries again, elsewhere if it can
            }
            int attempts = charge.value().attempts();
            String tries = attempts == 1 ? "" : ", " + attempts + " times";
            return new Answer(order.client(), place(), e.getMessage() + tries, null);
        }
    }

    private Sent trained(ClientOrder order, TaskContext task) {
        FederationContext all = charge.value();
        ClientReader reader = all.reader();
        all.ready(reader);
        FederateConfig config = reader.recipe().federate();
        String target = reader.recipe().target().section().name();
        boolean isWhole = way == FederatedAlgorithm.ORACLE && order.client().equals(target);
        Participant client = reader.participant(order.client(), all.rows(reader, order.client(), isWhole), labels);
        if (order.client().equals(target)) {
            client = Learner.of(config, client, seed).participant();
        }
        Participant.Rehearsal rehearsal = client.rehearsal();
        delay(rehearsal.delaySeconds(), task);
        Map<String, Tensor> weights = global.value().tensors();
        weights.putAll(order.own().tensors());
        var call = new Call(order.number(), order.seed(), order.factor(), order.mixes(), weights, Map.of());
        return new ClientTraining(config, way, reader.described(shape, labels), target)
                .trained(client, call, rehearsal.pace(order.number(), () -> goesOn(task)));
    }

    private static void delay(double seconds, TaskContext task) {
        long until = System.nanoTime() + (long) (seconds * 1e9);
        try {
            while (System.nanoTime() < until) {
                goesOn(task);
                Thread.sleep(LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new TaskKilledException("the round went on without it");
        }
    }

    private static void goesOn(TaskContext task) {
        if (task.isInterrupted()) {
            throw new TaskKilledException("the round went on without it");
        }
    }

    /** Whether Spark would give up with the next failure of the task that asks. */
    static boolean isLast(FederationContext charge) {
        return TaskContext.get().attemptNumber() + 1 >= charge.attempts();
    }

    /** As Spark's scheduler names an executor where data lie. */
    static String place() {
        SparkEnv env = SparkEnv.get();
        return "executor_" + env.blockManager().blockManagerId().host() + "_" + env.executorId();
    }
}
