package org.counterweight.spark.federate;

import java.io.Serializable;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.spark.SparkException;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.counterweight.federate.call.Door;
import org.jspecify.annotations.Nullable;
import scala.Function2;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/**
 * One stage of a round: a task for each client, whose answers go through a door as they come.
 *
 * @param name under which Spark shows it, and by which it is cancelled
 * @param clients of the partitions, in order
 * @param whole whether updates come with the answers
 */
record Stage(JavaSparkContext spark, String name, JavaRDD<Answer> answers, List<String> clients, boolean whole) {
    /** Takes a partition's only answer, on its executor. */
    private static final class Take extends AbstractFunction2<TaskContext, Iterator<Answer>, Answer>
            implements Serializable {
        private static final long serialVersionUID = 1;
        private final boolean whole;

        Take(boolean whole) {
            this.whole = whole;
        }

        @Override
        public Answer apply(TaskContext task, Iterator<Answer> answers) {
            Answer answer = answers.next();
            return whole ? answer : answer.head();
        }
    }

    /** Runs it in a thread of its own. */
    void begin(Door<Answer> door, List<Integer> partitions) {
        start(() -> run(door, partitions));
    }

    /** Ends it, done or not. */
    void cancel() {
        spark.sc().cancelJobGroup(name);
    }

    private static void start(Runnable work) {
        var thread = new Thread(work, "round of a federation");
        thread.setDaemon(true);
        thread.start();
    }

    private void run(Door<Answer> door, List<Integer> partitions) {
        if (door.isClosed()) {
            return; // it was cancelled before it began
        }
        Set<Integer> done = ConcurrentHashMap.newKeySet();
        String failure = failure(partitions, answer -> {
            done.add(clients.indexOf(answer.client()));
            enter(door, answer);
        });
        if (failure == null || door.isClosed()) {
            return;
        }
        // a client that takes its executor with it ends the stage for all: the others go on, each by itself
        for (int partition : partitions) {
            if (!done.contains(partition)) {
                start(() -> {
                    String own = failure(List.of(partition), answer -> enter(door, answer));
                    if (own != null) {
                        door.fail(clients.get(partition), own);
                    }
                });
            }
        }
    }

    private static void enter(Door<Answer> door, Answer answer) {
        String failure = answer.failure();
        if (failure == null) {
            door.put(answer.client(), answer);
        } else {
            door.fail(answer.client(), failure);
        }
    }

    /** @return why it ended before its end; null if it did not */
    private @Nullable String failure(List<Integer> partitions, Consumer<Answer> sink) {
        spark.sc().setJobGroup(name, name, true);
        Function2<Object, Answer, BoxedUnit> handler = new AbstractFunction2<>() {
            @Override
            public BoxedUnit apply(Object partition, Answer answer) {
                sink.accept(answer);
                return BoxedUnit.UNIT;
            }
        };
        try {
            spark.sc()
                    .runJob(
                            answers.rdd(),
                            new Take(whole),
                            CollectionConverters.asScala(List.<Object>copyOf(partitions))
                                    .toSeq(),
                            handler,
                            ClassTag$.MODULE$.apply(Answer.class));
            return null;
        } catch (Exception e) { // Scala declares nothing, and throws SparkException, which is checked
            if (e instanceof SparkException || e instanceof RuntimeException) {
                return first(String.valueOf(e.getMessage()));
            }
            throw new IllegalStateException(e);
        }
    }

    private static String first(String message) {
        return message.lines().findFirst().orElse(message);
    }
}
