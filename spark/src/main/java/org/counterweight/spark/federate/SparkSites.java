package org.counterweight.spark.federate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.counterweight.data.DataException;
import org.counterweight.federate.call.Clients;
import org.counterweight.jobs.federate.ClientReader;
import org.counterweight.jobs.federate.ClientSummary;
import org.counterweight.jobs.federate.Sites;
import org.counterweight.jobs.recipe.program.FederateRecipe;

/**
 * Clients that keep their rows where executors of Spark are. Each executor reads the rows of the clients that it trains, from
 * paths that exist on its machine, and keeps them; a client goes back to the executor that has its rows as long as that lives.
 */
public record SparkSites(JavaSparkContext spark) implements Sites {
    private static final AtomicInteger FEDERATIONS = new AtomicInteger();
    private static final Pattern LOCAL = Pattern.compile("local(\\[[^,\\]]*(,\\s*(\\d+))?\\])?");
    private static final int USUAL_ATTEMPTS = 4;

    /** How often Spark tries a task in all: {@code spark.task.maxFailures}, or what a local master says. */
    int attempts() {
        Matcher local = LOCAL.matcher(spark.master());
        if (local.matches()) {
            String said = local.group(3);
            return said == null ? 1 : Integer.parseInt(said);
        }
        return spark.getConf().getInt("spark.task.maxFailures", USUAL_ATTEMPTS);
    }

    @Override
    public Read read(ClientReader reader) {
        FederateRecipe recipe = reader.recipe();
        Broadcast<FederationContext> charge = spark.broadcast(new FederationContext(
                spark.sc().applicationId() + "-" + FEDERATIONS.incrementAndGet(),
                recipe.tree().toString(),
                reader.form(),
                attempts(),
                spark.getConf().getInt("spark.task.cpus", 1)));
        List<String> names =
                recipe.sources().stream().map(client -> client.section().name()).toList();
        var held = new LinkedHashMap<String, ClientSummary>();
        var places = new LinkedHashMap<String, String>();
        if (!names.isEmpty()) {
            for (Survey.Found found : spark.parallelize(names, names.size())
                    .map(new Survey(charge))
                    .collect()) {
                ClientSummary rows = found.held();
                if (rows == null) {
                    throw new DataException(String.valueOf(found.failure()));
                }
                held.put(found.client(), rows);
                places.put(found.client(), found.place());
            }
        }
        return new Read() {
            @Override
            public Map<String, ClientSummary> held() {
                return held;
            }

            @Override
            public Clients clients(List<Integer> shape, List<String> labels) {
                return new SparkClients(spark, charge, List.copyOf(shape), List.copyOf(labels), places);
            }
        };
    }

    @Override
    public void close() {
        spark.stop();
    }
}
