package org.counterweight.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.counterweight.shift.Role;
import org.counterweight.spark.Sessions.Person;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Executors in processes of their own, of which one is killed while it has rows in its hands: the job ends right. */
class KilledExecutorTest {
    private static final List<Person> PEOPLE = Sessions.people(160, 0);

    @TempDir
    private static Path marks;

    private static SparkSession session;

    @BeforeAll
    static void start() throws IOException {
        session = Sessions.processes("local-cluster[2,1,1024]").getOrCreate();
    }

    @AfterAll
    static void stop() {
        session.stop();
    }

    /** Rows of which one task, whatever job it belongs to, ends its executor's process, once. */
    private static Dataset<Row> deadly(Dataset<Row> frame, Path mark) {
        String file = mark.toString();
        MapPartitionsFunction<Row, Row> killing = rows -> {
            if (TaskContext.getPartitionId() == 1 && created(Path.of(file))) {
                rows.next();
                Runtime.getRuntime().halt(137); // as SIGKILL does: nothing is closed, nobody is told
            }
            return rows;
        };
        return frame.mapPartitions(killing, Encoders.row(frame.schema()));
    }

    private static boolean created(Path mark) throws IOException {
        try {
            Files.createFile(mark);
            return true;
        } catch (FileAlreadyExistsException e) {
            return false;
        }
    }

    private static Set<Long> processes(Dataset<Row> frame) {
        MapPartitionsFunction<Row, Long> own =
                rows -> List.of(ProcessHandle.current().pid()).iterator();
        return new TreeSet<>(frame.mapPartitions(own, Encoders.LONG()).collectAsList());
    }

    @Test
    void aKilledExecutorChangesNothing() throws Exception {
        Dataset<Row> frame = Sessions.frame(session, PEOPLE, 4);
        Set<Long> before = processes(frame);
        assertThat(before).doesNotContain(ProcessHandle.current().pid());
        var fair = new WeighedCase(
                "fair_correlation_shifts",
                "{corr: 0.2, mode: sample}",
                FrameColumns.of("id").with(Role.LABEL, "label").with(Role.GROUP, "group"),
                false);
        Path mark = marks.resolve("fair");
        WeighedCase.same(fair.onSpark(deadly(frame, mark), null), fair.here(PEOPLE, List.of()));
        assertThat(mark).exists();
        assertThat(before.stream().filter(KilledExecutorTest::lives)).hasSizeLessThan(before.size());
    }

    private static boolean lives(long process) {
        return ProcessHandle.of(process).map(ProcessHandle::isAlive).orElse(false);
    }
}
