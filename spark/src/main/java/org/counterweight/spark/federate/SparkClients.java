package org.counterweight.spark.federate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import org.counterweight.engine.Seed;
import org.counterweight.federate.call.Call;
import org.counterweight.federate.call.ClientTraining;
import org.counterweight.federate.call.Clients;
import org.counterweight.federate.call.Door;
import org.counterweight.federate.call.Gathered;
import org.counterweight.federate.call.Participant;
import org.counterweight.federate.call.Quorum;
import org.counterweight.federate.call.Sent;
import org.jspecify.annotations.Nullable;
import scala.Tuple2;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/**
 * Clients as tasks of Spark, two stages a round. Updates come to the driver one by one, and are summed there in the order of the
 * clients.
 *
 * @param places where each client's rows lie in memory, as far as it is known
 */
record SparkClients(
        JavaSparkContext spark,
        Broadcast<FederationContext> charge,
        List<Integer> shape,
        List<String> labels,
        Map<String, String> places)
        implements Clients {
    private static final AtomicInteger ROUNDS = new AtomicInteger();

    @Override
    public Session open(ClientTraining training, Participant learner, Seed seed) {
        return new Rounds(training, seed);
    }

    private final class Rounds implements Session {
        private final ClientTraining training;
        private final Seed seed;

        Rounds(ClientTraining training, Seed seed) {
            this.training = training;
            this.seed = seed;
        }

        @Override
        public @Nullable Gathered gather(Call call, List<String> asked, Quorum quorum, BooleanSupplier stopped) {
            Broadcast<TensorBytes> global = spark.broadcast(TensorBytes.of(call.global()));
            JavaRDD<Answer> answers = orders(call, asked)
                    .mapPartitions(new ClientTask(charge, global, training.way(), shape, labels, seed))
                    .persist(StorageLevel.MEMORY_AND_DISK());
            String name = "federation " + charge.value().federation() + ", round " + call.number() + " ("
                    + ROUNDS.incrementAndGet() + ")";
            var first = new Stage(spark, name + ", training", answers, asked, false);
            var second = new Stage(spark, name + ", sending", answers, asked, true);
            try {
                Door.Arrived<Answer> trained = through(first, asked, asked, call.number(), quorum, stopped);
                if (trained == null) {
                    return null;
                }
                trained.made().forEach((client, answer) -> places.put(client, answer.place()));
                List<String> inTime = List.copyOf(trained.made().keySet());
                Door.Arrived<Answer> sent = through(second, asked, inTime, call.number(), quorum.patient(), stopped);
                return sent == null ? null : gathered(asked, trained, sent);
            } finally {
                first.cancel();
                second.cancel();
                answers.unpersist(false);
                global.destroy();
            }
        }

        private Door.@Nullable Arrived<Answer> through(
                Stage stage, List<String> all, List<String> asked, int round, Quorum quorum, BooleanSupplier stopped) {
            var door = new Door<Answer>(answer -> {});
            stage.begin(door, asked.stream().map(all::indexOf).toList());
            Door.Arrived<Answer> arrived = door.await(round, asked, quorum, stopped);
            stage.cancel();
            return arrived;
        }

        private Gathered gathered(List<String> asked, Door.Arrived<Answer> trained, Door.Arrived<Answer> sent) {
            var arrived = new LinkedHashMap<String, Sent>();
            var missing = new LinkedHashMap<String, String>();
            for (String client : asked) {
                Answer answer = sent.made().get(client);
                Answer.Made made = answer == null ? null : answer.made();
                if (made != null) {
                    arrived.put(
                            client, made.sent(client, training.model().modules().buffers()));
                } else {
                    missing.put(
                            client,
                            trained.missing()
                                    .getOrDefault(client, sent.missing().getOrDefault(client, "late")));
                }
            }
            return new Gathered(arrived, missing);
        }

        /** One partition a client, where its rows lie if that is known. */
        private JavaRDD<ClientOrder> orders(Call call, List<String> asked) {
            var orders = new ArrayList<Tuple2<ClientOrder, Seq<String>>>();
            for (String client : asked) {
                var own = TensorBytes.of(call.own().getOrDefault(client, Map.of()));
                var order = new ClientOrder(client, call.number(), call.seed(), call.factor(), call.mixes(), own);
                String place = places.get(client);
                List<String> wanted = place == null ? List.of() : List.of(place);
                orders.add(
                        new Tuple2<>(order, CollectionConverters.asScala(wanted).toSeq()));
            }
            return spark.sc()
                    .makeRDD(CollectionConverters.asScala(orders).toSeq(), ClassTag$.MODULE$.apply(ClientOrder.class))
                    .toJavaRDD();
        }

        @Override
        public void close() {
            // nothing of a way outlives its rounds
        }
    }
}
