package org.counterweight.jobs.serve.http;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.DoubleSupplier;

/** What was counted and timed since the server began, in Prometheus's text format. */
public final class Metrics {
    /** Ends of the classes of times, in seconds; slower ones are in the last alone. */
    private static final double[] SECONDS = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30
    };

    private final Map<String, LongAdder> requests = new ConcurrentSkipListMap<>();
    private final Map<String, Times> times = new ConcurrentSkipListMap<>();
    private final Map<String, DoubleSupplier> gauges = new TreeMap<>();

    private static final class Times {
        private final LongAdder[] classes = new LongAdder[SECONDS.length + 1];
        private final LongAdder nanos = new LongAdder();

        Times() {
            for (int i = 0; i < classes.length; i++) {
                classes[i] = new LongAdder();
            }
        }

        void add(long taken) {
            int at = 0;
            while (at < SECONDS.length && taken / 1e9 > SECONDS[at]) {
                at++;
            }
            classes[at].increment();
            nanos.add(taken);
        }
    }

    /** Adds a figure that is asked for whenever somebody looks. */
    public void gauge(String name, DoubleSupplier figure) {
        gauges.put(name, figure);
    }

    void record(String route, int status, long nanos) {
        requests.computeIfAbsent(
                        "cw_requests_total{route=\"" + route + "\",status=\"" + status + "\"}", key -> new LongAdder())
                .increment();
        times.computeIfAbsent(route, key -> new Times()).add(nanos);
    }

    /** All of it, a line each. */
    public String text() {
        var text = new StringBuilder("# TYPE cw_requests_total counter\n");
        requests.forEach((name, count) ->
                text.append(name).append(' ').append(count.sum()).append('\n'));
        text.append("# TYPE cw_request_seconds histogram\n");
        times.forEach((route, taken) -> write(route, taken, text));
        gauges.forEach((name, figure) -> text.append("# TYPE ")
                .append(name)
                .append(name.endsWith("_total") ? " counter\n" : " gauge\n")
                .append(name)
                .append(' ')
                .append(figure.getAsDouble())
                .append('\n'));
        return text.toString();
    }

    private static void write(String route, Times taken, StringBuilder text) {
        long sum = 0;
        for (int i = 0; i <= SECONDS.length; i++) {
            sum += taken.classes[i].sum();
            text.append(String.format(
                    Locale.ROOT,
                    "cw_request_seconds_bucket{route=\"%s\",le=\"%s\"} %d%n",
                    route,
                    i < SECONDS.length ? String.valueOf(SECONDS[i]) : "+Inf",
                    sum));
        }
        text.append(String.format(
                Locale.ROOT,
                "cw_request_seconds_sum{route=\"%s\"} %.6f%ncw_request_seconds_count{route=\"%s\"} %d%n",
                route,
                taken.nanos.sum() / 1e9,
                route,
                sum));
    }
}
