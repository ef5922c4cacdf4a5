package org.counterweight.jobs.serve.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.edit.GraceConfig;
import org.counterweight.edit.codebook.Codebook;
import org.counterweight.edit.codebook.History;
import org.counterweight.edit.codebook.Maintenance;
import org.counterweight.edit.codebook.Wanted;
import org.counterweight.edit.file.CodebookFile;
import org.counterweight.engine.Seed;
import org.counterweight.weights.WeightsException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Wherever a process is killed while it writes, every edit that was answered is there again, and no half of another. */
class EditLogTest {
    private static final String BASE = "ab".repeat(32);

    @TempDir
    private Path root;

    private GraceConfig config;
    private final List<String> remarks = new ArrayList<>();

    @BeforeEach
    void readSettings() {
        config = Configs.bind(
                Configs.yaml("{layer: l, eps: 1.3, eps_expand: moving_average}", "settings"),
                GraceConfig.class,
                "grace");
    }

    private Path directory() {
        return root.resolve("log");
    }

    private Path file() {
        return directory().resolve(EditLog.FILE);
    }

    private EditLog open() {
        return EditLog.open(directory(), BASE, Beginning.empty(config, "layer", BASE), remarks::add);
    }

    /** Edits of all kinds, deletions and rollbacks, each logged; the states from the empty one on. */
    private List<History.State> write(EditLog log, int changes, SplittableRandom random) {
        var states = new ArrayList<>(List.of(log.found()));
        for (int i = 0; i < changes; i++) {
            History.State before = states.get(states.size() - 1);
            Logged change;
            if (i % 7 == 5 && !before.book().isEmpty()) {
                var entries = before.book().entries();
                change = new Logged.Deleted(
                        entries.get(random.nextInt(entries.size())).id(), i % 2 == 0);
            } else if (i % 7 == 6 && before.history().edits() > 1) {
                change = new Logged.RolledBack(2);
            } else {
                change = edit(before, random);
            }
            log.append(change);
            states.add(change.on(before));
        }
        return states;
    }

    private Logged edit(History.State before, SplittableRandom random) {
        double[] query = {random.nextInt(4), random.nextInt(4) * 0.5 + 1e-17};
        double[] value = random.doubles(3).toArray();
        Maintenance.Step step = config.maintenance()
                .apply(before.book(), new Wanted(query, new long[] {random.nextInt(2)}, value, "text \n\u2028 é", 7));
        double[] trained = random.doubles(3).toArray();
        Codebook after = step.after().changing(step.place(), entry -> entry.withValue(trained));
        History.State made = before.history().edited(step, before.book(), after);
        Logged change = Logged.Made.of(before.book(), made);
        assertThat(change.on(before)).usingRecursiveComparison().isEqualTo(made);
        return change;
    }

    private static void same(History.State found, History.State expected) {
        assertThat(found).usingRecursiveComparison().isEqualTo(expected);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void whatWasLoggedIsThereAgainAndCanBeUndoneAsBefore(long seed) {
        List<History.State> states;
        try (EditLog log = open()) {
            states = write(log, 40, new Seed(seed).random());
        }
        try (EditLog again = open()) {
            same(again.found(), states.get(40));
            assertThat(again.lines()).isEqualTo(40);
            assertThat(remarks).isEmpty();
        }
    }

    /** Killed anywhere in the last lines: at every byte around their ends, and at every eleventh between. */
    @Test
    void aLastLineThatIsNotWholeIsPutAside() throws IOException {
        List<History.State> states;
        var ends = new ArrayList<Long>();
        try (EditLog log = open()) {
            ends.add(Files.size(file()));
            SplittableRandom random = new Seed(4).random();
            states = new ArrayList<>(List.of(log.found()));
            for (int i = 0; i < 6; i++) {
                Logged change = edit(states.get(i), random);
                log.append(change);
                ends.add(Files.size(file()));
                states.add(change.on(states.get(i)));
            }
        }
        byte[] whole = Files.readAllBytes(file());
        int lines = 6;
        for (int length = whole.length; length >= ends.get(3); length--) {
            long at = length;
            if (length % 11 != 0 && ends.stream().noneMatch(end -> Math.abs(end - at) < 3)) {
                continue;
            }
            Files.write(file(), Arrays.copyOf(whole, length));
            while (ends.get(lines) > length) {
                lines--;
            }
            remarks.clear();
            try (EditLog log = open()) {
                same(log.found(), states.get(lines));
                boolean isTorn = length > ends.get(lines);
                assertThat(remarks).hasSize(isTorn ? 1 : 0);
                if (isTorn) { // what was put aside is not lost
                    Path rest = Path.of(remarks.get(0).replaceAll(".* was moved to ", ""));
                    assertThat(Files.readAllBytes(rest))
                            .isEqualTo(Arrays.copyOfRange(whole, Math.toIntExact(ends.get(lines)), length));
                    Files.delete(rest);
                }
                assertThat(Files.size(file())).isEqualTo(ends.get(lines));
            }
        }
    }

    @Test
    void aDamagedLineBeforeTheLastIsAnErrorAndNothingIsLost() throws IOException {
        try (EditLog log = open()) {
            write(log, 4, new Seed(5).random());
        }
        byte[] whole = Files.readAllBytes(file());
        for (int at = 0; at < whole.length - 1; at += 37) {
            byte[] spoilt = whole.clone();
            spoilt[at] ^= 4;
            Files.write(file(), spoilt);
            assertThatThrownBy(this::open).as("byte %d", at).isInstanceOf(WeightsException.class);
            assertThat(Files.readAllBytes(file())).isEqualTo(spoilt);
        }
    }

    @Test
    void aLogIsOfOneModelOneProcessAndOneBeginning() {
        try (EditLog log = open()) {
            write(log, 3, new Seed(6).random());
            assertThatThrownBy(this::open)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("another server writes to this log");
        }
        assertThatThrownBy(() -> EditLog.open(directory(), "cd".repeat(32), null, remarks::add))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("was made for another model");
        var others = new CodebookFile(config, "layer", BASE, History.State.empty(config.distFn()));
        assertThatThrownBy(() -> EditLog.open(directory(), BASE, new Beginning(others, "ef".repeat(32)), remarks::add))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("goes on from other edits than those of --edits");
        assertThatThrownBy(() -> EditLog.open(root.resolve("none"), BASE, null, remarks::add))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no edits were logged there");
    }

    /** Other edits are put in place, and what was logged before is kept. */
    @Test
    void aLogBegunFromEditsGoesOnFromThem() throws IOException {
        try (EditLog log = open()) {
            List<History.State> states = write(log, 12, new Seed(7).random());
            byte[] before = Files.readAllBytes(file());
            var codebook = new CodebookFile(config, "layer", BASE, states.get(5));
            EditLog anew = log.restarted(codebook, "12".repeat(32));
            assertThat(Files.readAllBytes(directory().resolve("edits-1.log"))).isEqualTo(before);
            Logged change = edit(states.get(5), new Seed(8).random());
            anew.append(change);
            anew.close();
            try (EditLog again = EditLog.open(directory(), BASE, null, remarks::add)) {
                same(again.found(), change.on(states.get(5)));
                assertThat(again.beginning().origin()).isEqualTo("12".repeat(32));
            }
        }
    }
}
