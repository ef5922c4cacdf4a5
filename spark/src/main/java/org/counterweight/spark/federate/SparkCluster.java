package org.counterweight.spark.federate;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.counterweight.config.ConfigException;
import org.counterweight.jobs.federate.Cluster;
import org.counterweight.jobs.federate.Sites;

/** A cluster of Spark's, found by its name or by spark-submit. */
public final class SparkCluster implements Cluster {
    private static final String MASTER = "spark.master";

    @Override
    public Sites connect(String master) {
        SparkConf conf = new SparkConf().setIfMissing("spark.app.name", "cw federate");
        if (!master.isEmpty()) {
            conf.setMaster(master);
        }
        if (!conf.contains(MASTER)) {
            throw new ConfigException(
                    "--spark: no master; name one, such as spark://HOST:7077, or submit the program with"
                            + " spark-submit --master");
        }
        return new SparkSites(new JavaSparkContext(conf));
    }
}
