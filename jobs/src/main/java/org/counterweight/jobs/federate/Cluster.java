package org.counterweight.jobs.federate;

import java.util.ServiceLoader;
import org.counterweight.config.ConfigException;

/** Finds the clients of a federation on a cluster: a service of the module {@code spark}, which brings its libraries. */
public interface Cluster {
    /**
     * Connects with one.
     *
     * @param master Spark's name of it, such as {@code spark://host:7077}; empty for the one that the program was submitted to
     */
    Sites connect(String master);

    /** The one that is on the class path. */
    static Cluster present() {
        return ServiceLoader.load(Cluster.class)
                .findFirst()
                .orElseThrow(
                        () -> new ConfigException("--spark: Spark is not on the class path; submit the program to it,"
                            + " spark-submit --class org.counterweight.cli.Cw with counterweight-spark among --jars,"
                            + " as docs/spark.md shows, or leave --spark out"));
    }
}
