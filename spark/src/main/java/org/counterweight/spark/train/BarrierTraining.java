package org.counterweight.spark.train;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.counterweight.config.ConfigException;
import org.counterweight.engine.Engine;
import org.counterweight.engine.Scope;
import org.counterweight.train.Follower;
import org.counterweight.train.Task;
import org.counterweight.train.TrainConfig;
import org.counterweight.train.Trainer;
import org.counterweight.train.TrainingListener;
import org.counterweight.train.TrainingResult;
import org.counterweight.train.group.GlooGroup;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction1;

/**
 * A training run whose steps several tasks of Spark take together, each with its part of the rows of every batch: equal to a
 * run in one process but for the order of sums and for what rows draw. All tasks start at once (a barrier stage), and LibTorch's
 * Gloo joins them over the executors' own addresses, unencrypted.
 *
 * <p>If an executor is lost, the stage ends, and Spark begins it again with all tasks, as often as
 * {@code spark.stage.maxConsecutiveAttempts} allows; the run goes on from its checkpoint.
 *
 * @param processes tasks; the cluster must have slots for all of them at once
 * @param settings of the run, as a recipe's {@code train} has them: {@code {epochs: 3, lr: 1e-3}}
 * @param checkpoint a file in {@code .safetensors}, under a name by which every machine reaches the same place: the first task
 *     may come to lie on another one the next time
 */
public record BarrierTraining(int processes, String settings, String checkpoint) {
    /** Longer than the first process takes for an evaluation. */
    private static final Duration PATIENCE = Duration.ofHours(6);

    /** @throws ConfigException if there are fewer than two processes, or the settings are wrong */
    public BarrierTraining {
        if (processes < 2) {
            throw new ConfigException("processes", processes, "at least 2; one needs no cluster");
        }
        TrainConfig config = TrainConfig.of(settings);
        if (config.batchSize() < processes) {
            throw new ConfigException(
                    "train.batch_size", config.batchSize(), "at least processes, which is " + processes);
        }
    }

    /** Trains, and gives what the run ended with. */
    public TrainedWeights run(SparkSession session, SharedTask task) {
        var context = JavaSparkContext.fromSparkContext(session.sparkContext());
        List<Integer> ranks = IntStream.range(0, processes).boxed().toList();
        ClassTag<TrainedWeights> tag = ClassTag$.MODULE$.apply(TrainedWeights.class);
        var trained = context.parallelize(ranks, processes)
                .rdd()
                .barrier()
                .mapPartitions(new OneTask(task, settings, checkpoint), false, tag);
        // Behind a shuffle: a barrier stage that loses a task is begun again, unless it is the last of its job.
        return new JavaRDD<>(trained, tag).repartition(1).collect().get(0); // of the first alone
    }

    /** What one task does. */
    private static final class OneTask extends AbstractFunction1<Iterator<Integer>, Iterator<TrainedWeights>>
            implements Serializable {
        private static final long serialVersionUID = 1;

        private final SharedTask task;
        private final String settings;
        private final String checkpoint;

        OneTask(SharedTask task, String settings, String checkpoint) {
            this.task = task;
            this.settings = settings;
            this.checkpoint = checkpoint;
        }

        @Override
        public Iterator<TrainedWeights> apply(Iterator<Integer> ranks) {
            BarrierTaskContext context = BarrierTaskContext.get();
            Engine.setThreads(context.cpus());
            try (var scope = Scope.open();
                    GlooGroup group = joined(context)) {
                Task made = task.create();
                TrainConfig config = TrainConfig.of(settings);
                List<TrainedWeights> result = group.rank() == 0 ? List.of(lead(made, config, group)) : List.of();
                if (group.rank() > 0) {
                    try (var follower = new Follower(made, config, group)) {
                        follower.run();
                    }
                }
                return CollectionConverters.asScala(result.iterator());
            }
        }

        private TrainedWeights lead(Task made, TrainConfig config, GlooGroup group) {
            try (var trainer = new Trainer(made, config, new TrainingListener() {}, Path.of(checkpoint), group)) {
                trainer.resume();
                TrainingResult result = trainer.run();
                return TrainedWeights.of(result, Trainer.moved(made));
            }
        }

        /** Finds the others: the first says where it can be asked for them. */
        private static GlooGroup joined(BarrierTaskContext context) {
            int rank = context.partitionId();
            int size = context.getTaskInfos().length;
            String host = context.getTaskInfos()[rank].address().replaceFirst(":\\d+$", "");
            String[] said = context.allGather(rank == 0 ? host + " " + freePort() : "");
            String[] first = said[0].split(" ", 2);
            var member = new GlooGroup.Member(rank, size, PATIENCE);
            return GlooGroup.onMachines(host, first[0], Integer.parseInt(first[1]), member);
        }

        private static int freePort() {
            try (var socket = new ServerSocket(0)) {
                return socket.getLocalPort();
            } catch (IOException e) {
                throw new UncheckedIOException("no port is free: " + e.getMessage(), e);
            }
        }
    }
}
