package org.counterweight.spark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.DoubleStream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.counterweight.engine.Scope;
import org.counterweight.engine.Seed;
import org.counterweight.engine.Tensors;
import org.counterweight.shift.Chunk;
import org.counterweight.shift.Role;
import org.counterweight.shift.Source;

/** Sessions of Spark for tests, and a small table both as a DataFrame and in memory. */
public final class Sessions {
    private Sessions() {}

    /** On this machine alone. */
    public static SparkSession.Builder quiet(String master) {
        return SparkSession.builder()
                .master(master)
                .config("spark.ui.enabled", "false")
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.sql.shuffle.partitions", "4");
    }

    /** Executors in processes of their own, on this machine, with the class path of this test. */
    public static SparkSession.Builder processes(String master) throws IOException {
        Path home = Path.of(System.getenv("SPARK_HOME")); // its workers look for the jars of a distribution there
        Files.createDirectories(home.resolve("jars"));
        Files.writeString(home.resolve("RELEASE"), "the class path of this test");
        return quiet(master)
                .config("spark.scheduler.minRegisteredResourcesRatio", "1.0") // nothing begins before all are there
                .config("spark.scheduler.maxRegisteredResourcesWaitingTime", "60s")
                .config("spark.executor.memory", "512m")
                .config("spark.executor.extraClassPath", System.getProperty("java.class.path"))
                .config(
                        "spark.executor.extraJavaOptions",
                        "-Dorg.bytedeco.javacpp.nopointergc=true -XX:+UseSerialGC -XX:TieredStopAtLevel=1"
                                + products());
    }

    /** The library of products that these tests were told to take: with another, sums end otherwise in the last bit. */
    private static String products() {
        String library = System.getProperty("org.bytedeco.openblas.load", "");
        return library.isEmpty() ? "" : " -Dorg.bytedeco.openblas.load=" + library;
    }

    /** One row. */
    record Person(
            long id,
            double x,
            double z,
            double label,
            double group,
            double arm,
            String unit,
            double stay,
            double count) {
        static Person of(long id, double shift) {
            var random = new Seed(17).child(id).random();
            boolean one = random.nextInt(3) == 0;
            boolean yes = random.nextInt(4) < (one ? 3 : 1);
            double x = random.nextDouble() + shift + (one ? 0.5 : 0);
            return new Person(
                    id,
                    x,
                    random.nextDouble(),
                    yes ? 1 : 0,
                    one ? 1 : 0,
                    random.nextInt(2),
                    "user " + id / 6,
                    x + random.nextDouble(),
                    id % 4);
        }

        double value(Role role) {
            return switch (role) {
                case LABEL -> label;
                case GROUP -> group;
                case ARM -> arm;
                case UNIT, SETTING -> Role.named(unit);
                case WEIGHT -> count;
            };
        }
    }

    static List<Person> people(int rows, double shift) {
        var people = new ArrayList<Person>();
        for (int i = 0; i < rows; i++) {
            people.add(Person.of(3L * i + 1, shift)); // ids need not be places
        }
        return people;
    }

    static Dataset<Row> frame(SparkSession session, List<Person> people, int partitions) {
        StructType schema = new StructType()
                .add("id", DataTypes.LongType)
                .add("x", SQLDataTypes.VectorType())
                .add("label", DataTypes.DoubleType)
                .add("group", DataTypes.DoubleType)
                .add("arm", DataTypes.DoubleType)
                .add("unit", DataTypes.StringType)
                .add("stay", DataTypes.DoubleType)
                .add("count", DataTypes.DoubleType);
        List<Row> rows = people.stream()
                .map(p -> RowFactory.create(
                        p.id, Vectors.dense(p.x, p.z), p.label, p.group, p.arm, p.unit, p.stay, p.count))
                .toList();
        return session.createDataFrame(rows, schema).repartition(partitions);
    }

    /** The same rows on one machine. */
    static Source inMemory(List<Person> people, FrameColumns columns) {
        return new Source() {
            @Override
            public void read(Consumer<Chunk> sink) {
                try (var scope = Scope.open()) {
                    var roles = new EnumMap<Role, double[]>(Role.class);
                    columns.roles()
                            .keySet()
                            .forEach(role -> roles.put(
                                    role,
                                    people.stream()
                                            .mapToDouble(p -> p.value(role))
                                            .toArray()));
                    double[] x = people.stream()
                            .flatMapToDouble(p -> DoubleStream.of(p.x, p.z))
                            .toArray();
                    Tensor features = columns.features() == null
                            ? torch.zeros(new long[] {people.size(), 0}, Tensors.options(ScalarType.Double))
                            : Tensors.doubles(x, people.size(), 2);
                    double[] stay = people.stream().mapToDouble(Person::stay).toArray();
                    Tensor outcomes = columns.outcomes().isEmpty()
                            ? Objects.requireNonNull(features).narrow(1, 0, 0)
                            : Tensors.doubles(stay, people.size(), 1);
                    sink.accept(new Chunk(people.stream().mapToLong(Person::id).toArray(), features, roles, outcomes));
                }
            }

            @Override
            public long rows() {
                return people.size();
            }

            @Override
            public List<String> features() {
                return columns.features() == null ? List.of() : List.of("x", "z");
            }

            @Override
            public List<String> outcomes() {
                return columns.outcomes();
            }
        };
    }
}
