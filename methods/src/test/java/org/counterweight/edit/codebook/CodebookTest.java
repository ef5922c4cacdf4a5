package org.counterweight.edit.codebook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.counterweight.config.ConfigException;
import org.counterweight.edit.index.KeyIndex;
import org.counterweight.engine.Seed;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every codebook, whatever the edits. */
class CodebookTest {
    private static final Maintenance OFFICIAL =
            new Maintenance(1.2, Expansion.COVERAGE, LabelMatch.EXACT, 1e-5, false, Duplicates.SPLIT, 1e-9, false);
    private static final Maintenance OURS =
            new Maintenance(1.2, Expansion.COVERAGE, LabelMatch.EXACT, 1e-5, true, Duplicates.OVERWRITE, 1e-9, true);

    private static double[] draw(SplittableRandom random, int width) {
        double[] vector = new double[width];
        for (int i = 0; i < width; i++) {
            vector[i] = (float) (2 * random.nextDouble() - 1);
        }
        return vector;
    }

    private static Wanted wanted(double[] query, long label) {
        return new Wanted(query, new long[] {label}, new double[] {label, 0.5}, "text", 7);
    }

    private static History.State edited(History.State state, Maintenance maintenance, Wanted edit) {
        Maintenance.Step step = maintenance.apply(state.book(), edit);
        Codebook after =
                step.after().changing(step.place(), entry -> entry.withValue(new double[] {edit.label()[0], 9}));
        return state.history().edited(step, state.book(), after);
    }

    private static History.State many(Maintenance maintenance, SplittableRandom random, int edits, int width) {
        History.State state = History.State.empty(Distance.EUC);
        for (int i = 0; i < edits; i++) {
            state = edited(state, maintenance, wanted(draw(random, width), random.nextInt(3)));
        }
        return state;
    }

    /** Keys that are there twice, and in the cosine distance keys of one direction, are as near as each other. */
    @ParameterizedTest
    @CsvSource({
        "1, EUC, 3",
        "2, EUC, 12",
        "3, EUC, 12",
        "4, EUC, 40",
        "5, COS, 3",
        "6, COS, 12",
        "7, COS, 12",
        "8, COS, 40"
    })
    void theIndexFindsWhatLookingAtAllKeysFinds(long seed, Distance distance, int width) {
        SplittableRandom random = new Seed(seed).random();
        double widest = distance == Distance.EUC ? 0.4 : 0.02 * width;
        Codebook book = Codebook.empty(distance);
        KeyIndex index = KeyIndex.of(book);
        var keys = new ArrayList<double[]>();
        for (int i = 0; i < 1500; i++) {
            double[] key = i % 50 == 49 ? keys.get(random.nextInt(i)) : draw(random, width); // duplicates among them
            if (i % 100 == 99 && distance == Distance.COS) {
                key = Arrays.stream(key).map(x -> 4 * x).toArray();
            }
            keys.add(key);
            double radius = random.nextInt(9) == 0 ? -1e-5 : widest * random.nextDouble();
            book = book.with(new Entry(i, key, new double[] {i}, radius, new long[] {0}, List.of(), "", 0));
            index = index.after(book);
        }
        int hits = 0;
        for (int i = 0; i < 3000; i++) {
            double[] query = i % 3 == 0 ? keys.get(random.nextInt(keys.size())).clone() : draw(random, width);
            if (i % 6 == 3) { // near a key
                query[0] += 1e-3 * random.nextDouble();
            }
            Found brute = book.nearest(query);
            Found found = index.serving(query);
            assertThat(found).isEqualTo(brute.hit() ? brute : Found.NOTHING);
            hits += found.hit() ? 1 : 0;
        }
        assertThat(hits).isBetween(500, 2900); // both were tried
        assertThat(KeyIndex.of(book).serving(keys.get(7))).isEqualTo(index.serving(keys.get(7)));
    }

    /**
     * Keys in heaps, far from 0, tiny or huge beside what a number in single precision holds, and some of them twice: found as by
     * looking at all of them, while the codebook grows beyond what panels were made of.
     */
    @ParameterizedTest
    @CsvSource({
        "EUC, 1, 0",
        "EUC, 1, 1e6",
        "EUC, 1e-30, 0",
        "EUC, 1e30, 0",
        "EUC, 1e100, 0",
        "EUC, 1e-6, 1",
        "COS, 1, 0",
        "COS, 1, 1e4",
        "COS, 1e-30, 0",
        "COS, 1e100, 0"
    })
    void keysInHeapsAreFoundToo(Distance distance, double scale, double middle) {
        int width = 96;
        SplittableRandom random = new Seed(3).random();
        var heaps = new ArrayList<double[]>();
        for (int heap = 0; heap < 5; heap++) {
            heaps.add(draw(random, width));
        }
        var keys = new ArrayList<double[]>();
        Codebook book = Codebook.empty(distance);
        KeyIndex index = KeyIndex.of(book);
        for (int i = 0; i < 700; i++) {
            double[] key = i % 50 == 49 ? keys.get(random.nextInt(i)) : near(random, heaps.get(i % 5), 0.1);
            keys.add(key);
            double[] moved = Arrays.stream(key).map(x -> scale * x + middle).toArray();
            double radius = distance == Distance.EUC ? 0.5 * scale : 1e-3;
            book = book.with(new Entry(i, moved, new double[] {i}, radius, new long[] {0}, List.of(), "", 0));
            index = index.after(book);
        }
        int hits = 0;
        for (int i = 0; i < 600; i++) {
            double[] about = near(random, keys.get(random.nextInt(700)), i % 3 == 0 ? 0 : 0.04 * (i % 3));
            double[] query = Arrays.stream(about).map(x -> scale * x + middle).toArray();
            Found brute = book.nearest(query);
            assertThat(index.serving(query)).isEqualTo(brute.hit() ? brute : Found.NOTHING);
            hits += brute.hit() ? 1 : 0;
        }
        assertThat(hits).isGreaterThan(100);
        double[] nowhere = book.entries().get(0).key().clone();
        for (double number : new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.MAX_VALUE, -1e39}) {
            nowhere[7] = number;
            Found brute = book.nearest(nowhere);
            assertThat(index.serving(nowhere)).isEqualTo(brute.hit() ? brute : Found.NOTHING);
        }
    }

    private static double[] near(SplittableRandom random, double[] middle, double spread) {
        double[] moved = draw(random, middle.length);
        for (int i = 0; i < moved.length; i++) {
            moved[i] = middle[i] + spread * moved[i];
        }
        return moved;
    }

    /** A vector of length 0 has no direction: it is at 1 from all, as a query and as a key. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatHasNoDirectionIsFoundAllTheSame(boolean amongTheFirst) {
        SplittableRandom random = new Seed(9).random();
        Codebook book = Codebook.empty(Distance.COS);
        KeyIndex index = KeyIndex.of(book);
        for (int i = 0; i < 120; i++) {
            double[] key = i == (amongTheFirst ? 5 : 100) ? new double[6] : draw(random, 6);
            double radius = i % 40 == 7 ? 1 : 0.1;
            book = book.with(new Entry(i, key, new double[] {i}, radius, new long[] {0}, List.of(), "", 0));
            index = index.after(book);
            for (double[] query : List.of(new double[6], draw(random, 6), new double[] {Double.NaN, 0, 0, 0, 0, 1})) {
                Found brute = book.nearest(query);
                assertThat(index.serving(query)).isEqualTo(brute.hit() ? brute : Found.NOTHING);
            }
        }
    }

    @Test
    void aQueryOnTheSphereIsServedAndOneBehindItIsNot() {
        var entry = new Entry(0, new double[] {0, 0}, new double[1], 1.25, new long[] {1}, List.of(), "", 0);
        Codebook book = Codebook.empty(Distance.EUC).with(entry);
        assertThat(book.nearest(new double[] {0, 1.25}).hit()).isTrue();
        assertThat(book.nearest(new double[] {0, Math.nextUp(1.25)}).hit()).isFalse();
    }

    /** Even where a farther key with a larger radius holds the query. */
    @Test
    void theNearestDecidesAlone() {
        Codebook book = Codebook.empty(Distance.EUC)
                .with(new Entry(0, new double[] {0}, new double[1], 10, new long[] {1}, List.of(), "", 0))
                .with(new Entry(1, new double[] {3}, new double[1], 0.5, new long[] {2}, List.of(), "", 0));
        assertThat(book.nearest(new double[] {2})).isEqualTo(new Found(1, 1, false));
    }

    @Test
    void splitBallsDoNotMeet() {
        History.State state = edited(History.State.empty(Distance.EUC), OFFICIAL, wanted(new double[] {0, 0}, 1));
        state = edited(state, OFFICIAL, wanted(new double[] {1, 0}, 2));
        Codebook book = state.book();
        assertThat(book.nearest(new double[] {1, 0})).isEqualTo(new Found(1, 0, true));
        assertThat(book.nearest(new double[] {0, 0})).isEqualTo(new Found(0, 0, true));
        assertThat(book.nearest(new double[] {0.5 + 1e-9, 0}).hit()).isTrue();
        assertThat(book.nearest(new double[] {0.5 - 0.5e-5, 0}).hit()).isFalse();
    }

    @Test
    void anotherLabelForTheSameInputTakesItsPlace() {
        History.State state = edited(History.State.empty(Distance.EUC), OURS, wanted(new double[] {1, 2}, 1));
        state = edited(state, OURS, wanted(new double[] {1, 2}, 2));
        assertThat(state.book().size()).isEqualTo(1);
        assertThat(state.book().entries().get(0).label()).containsExactly(2);
        assertThat(state.book().nearest(new double[] {1, 2}).hit()).isTrue();
    }

    @Test
    void everyEditIsCounted() {
        History.State state = many(OFFICIAL, new Seed(5).random(), 200, 2);
        long made = state.history().steps().stream()
                .filter(step -> ((History.Edited) step).action().makesEntry())
                .count();
        assertThat(state.book().size()).isEqualTo((int) made).isLessThan(200);
        assertThat(state.history().edits()).isEqualTo(200);
    }

    /** Without anchors a split may leave edits that an entry only grew to reach outside. */
    @Test
    void anchorsKeepMoreEditsServed() {
        var lost = new int[2];
        for (int which = 0; which < 2; which++) {
            SplittableRandom random = new Seed(11).random();
            Maintenance maintenance = new Maintenance(
                    0.6, Expansion.COVERAGE, LabelMatch.EXACT, 1e-5, true, Duplicates.OVERWRITE, 1e-9, which == 1);
            History.State state = History.State.empty(Distance.EUC);
            var edits = new ArrayList<Wanted>();
            for (int i = 0; i < 300; i++) {
                edits.add(wanted(draw(random, 2), random.nextInt(2)));
                state = edited(state, maintenance, edits.get(i));
            }
            for (Wanted edit : edits) {
                Found found = state.book().nearest(edit.query());
                boolean right =
                        found.hit() && state.book().entries().get(found.place()).label()[0] == edit.label()[0];
                lost[which] += right ? 0 : 1;
            }
        }
        assertThat(lost[1]).isLessThan(lost[0] / 2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatWasDoneIsUndoneToTheLastBit(boolean anchors) {
        SplittableRandom random = new Seed(3).random();
        Maintenance maintenance = anchors ? OURS : OFFICIAL;
        History.State before = many(maintenance, random, 60, 2);
        History.State after = before;
        for (int i = 0; i < 40; i++) {
            after = edited(after, maintenance, wanted(draw(random, 2), random.nextInt(3)));
            if (i % 10 == 5) {
                long id = after.book()
                        .entries()
                        .get(random.nextInt(after.book().size()))
                        .id();
                after = after.history().delete(after.book(), id, i % 20 == 5);
            }
        }
        History.State back = after.history().rollback(after.book(), 40);
        assertThat(back.book()).usingRecursiveComparison().isEqualTo(before.book());
        assertThat(back.history().steps()).hasSameSizeAs(before.history().steps());
    }

    @Test
    void deletingLeavesAllOthersAsTheyWere() {
        History.State state = many(OURS, new Seed(8).random(), 50, 3);
        Entry gone = state.book().entries().get(4);
        Codebook rest = state.history().delete(state.book(), gone.id(), false).book();
        var expected = new ArrayList<>(state.book().entries());
        expected.remove(4);
        assertThat(rest.entries()).isEqualTo(expected);
        assertThatThrownBy(() -> state.history().delete(rest, gone.id(), false))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("there is no entry " + gone.id() + " to delete");
    }

    @Test
    void aSplitsRoomIsGivenBackIfWanted() {
        History.State state = edited(History.State.empty(Distance.EUC), OURS, wanted(new double[] {0, 0}, 1));
        state = edited(state, OURS, wanted(new double[] {1, 0}, 2));
        assertThat(state.book().entries().get(0).radius()).isEqualTo(0.5 - 1e-5);
        assertThat(state.history()
                        .delete(state.book(), 1, true)
                        .book()
                        .entries()
                        .get(0)
                        .radius())
                .isEqualTo(1.2);
        assertThat(state.history()
                        .delete(state.book(), 1, false)
                        .book()
                        .entries()
                        .get(0)
                        .radius())
                .isEqualTo(0.5 - 1e-5);
        History.State again = edited(state, OURS, wanted(new double[] {-0.6, 0}, 2));
        assertThat(again.history()
                        .delete(again.book(), 1, true)
                        .book()
                        .entries()
                        .get(0)
                        .radius())
                .as("split again since")
                .isEqualTo(0.3 - 1e-5);
    }

    @Test
    void theOrderOfEntriesIsOfNoAccount() {
        Codebook book = many(OFFICIAL, new Seed(9).random(), 80, 4).book();
        var turned = new ArrayList<>(book.entries());
        Collections.reverse(turned);
        Codebook other = new Codebook(Distance.EUC, turned, book.nextId());
        SplittableRandom random = new Seed(10).random();
        for (int i = 0; i < 200; i++) {
            double[] query = draw(random, 4);
            Found one = book.nearest(query);
            Found two = other.nearest(query);
            assertThat(book.entries().get(one.place()))
                    .isEqualTo(other.entries().get(two.place()));
            assertThat(two.hit()).isEqualTo(one.hit());
        }
    }

    @Test
    void cosinesDoNotSeeLengths() {
        Codebook book = Codebook.empty(Distance.COS)
                .with(new Entry(0, new double[] {1, 2}, new double[1], 0.1, new long[] {1}, List.of(), "", 0));
        double near = book.nearest(new double[] {2, 3}).distance();
        assertThat(book.nearest(new double[] {200, 300}).distance())
                .isCloseTo(near, org.assertj.core.data.Offset.offset(1e-15));
        assertThat(book.nearest(new double[2]).distance()).isEqualTo(1);
    }
}
