package org.counterweight.studies;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.counterweight.config.Configs;
import org.counterweight.data.DataException;
import org.counterweight.data.image.ImageSet;
import org.counterweight.data.text.LabelledTexts;
import org.counterweight.engine.Seed;
import org.counterweight.graph.Csbm;
import org.counterweight.studies.classes.AligningClothesStudy;
import org.counterweight.studies.classes.AligningIntentsStudy;
import org.counterweight.studies.classes.BalanceClothesStudy;
import org.counterweight.studies.classes.BalanceEmojiStudy;
import org.counterweight.studies.classes.BalanceNounsStudy;
import org.counterweight.studies.distill.DistillStudy;
import org.counterweight.studies.edit.GraceMailsStudy;
import org.counterweight.studies.edit.TinyMails;
import org.counterweight.studies.federate.FedGpEmojiStudy;
import org.counterweight.studies.glosses.GlossRatesStudy;
import org.counterweight.studies.glosses.GlossStudy;
import org.counterweight.studies.glosses.GlossTransfer;
import org.counterweight.studies.glosses.TinyEncoder;
import org.counterweight.studies.graph.CitationsStudy;
import org.counterweight.studies.graph.DictionariesStudy;
import org.counterweight.studies.merge.BgeIndexStudy;
import org.counterweight.studies.merge.BgeMergeStudy;
import org.counterweight.studies.page.StudyListener;
import org.counterweight.studies.page.StudyResult;
import org.counterweight.studies.plan.Study;
import org.counterweight.studies.plan.arm.Size;
import org.counterweight.studies.reparametrize.WeightCompanderClothesStudy;
import org.counterweight.studies.reparametrize.WeightNormClothesStudy;
import org.counterweight.studies.reparametrize.WeightNormRecurrentStudy;
import org.counterweight.studies.reweigh.ReweightingLanguageStudy;
import org.counterweight.studies.shift.DoubleWeightingTablesStudy;
import org.counterweight.studies.shift.FairTablesStudy;
import org.counterweight.studies.update.BcwiMassiveStudy;
import org.counterweight.studies.update.GrowingIntentsStudy;
import org.counterweight.studies.update.MassiveRequests;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every study of the catalogue runs in reduced size, twice with the same figures. */
class StudiesTest {
    @TempDir
    Path output;

    @TempDir
    static Path encoder;

    /** All of them; those that fetch corpora or a model get made-up ones. */
    static List<Study> studies() {
        return Studies.all().stream().map(StudiesTest::small).toList();
    }

    private static Study small(Study study) {
        if (study instanceof ReweightingLanguageStudy) {
            return new ReweightingLanguageStudy(StudiesTest::madeUp);
        }
        if (study instanceof GlossRatesStudy) {
            return new GlossRatesStudy(TinyEncoder.task(encoder));
        }
        if (study instanceof DistillStudy images) { // on the digits that are included
            DistillStudy digits = DistillStudy.onDigits();
            return new DistillStudy(images.name(), digits.network(), images.effort(), digits.parts());
        }
        if (study instanceof BgeMergeStudy) {
            return new BgeMergeStudy(name -> TinyEncoder.write(encoder.resolve(name)), TinyEncoder::texts);
        }
        if (study instanceof BgeIndexStudy) {
            return new BgeIndexStudy(name -> TinyEncoder.write(encoder.resolve(name)), TinyEncoder::texts, 2);
        }
        if (study instanceof DoubleWeightingTablesStudy) {
            return new DoubleWeightingTablesStudy(() -> shifted(encoder.resolve("shift")));
        }
        if (study instanceof FairTablesStudy tables) {
            return tables.at(() -> people(encoder.resolve("people")));
        }
        if (study instanceof BcwiMassiveStudy) {
            return new BcwiMassiveStudy(() -> requests(encoder.resolve("massive")), () -> TinyEncoder.write(encoder));
        }
        if (study instanceof AligningIntentsStudy) {
            return new AligningIntentsStudy(
                    () -> requests(encoder.resolve("massive")), () -> TinyEncoder.write(encoder));
        }
        if (study instanceof GrowingIntentsStudy) {
            return new GrowingIntentsStudy(
                    () -> requests(encoder.resolve("massive")), () -> TinyEncoder.write(encoder));
        }
        if (study instanceof GraceMailsStudy) {
            return new GraceMailsStudy(
                    () -> TinyMails.write(encoder.resolve("mails")),
                    () -> TinyEncoder.write(encoder.resolve("deep"), 3));
        }
        if (study instanceof AligningClothesStudy) {
            return new AligningClothesStudy(ImageSet::digits);
        }
        if (study instanceof BalanceClothesStudy) {
            return new BalanceClothesStudy(ImageSet::digits);
        }
        if (study instanceof BalanceEmojiStudy) {
            return new BalanceEmojiStudy(() -> new BalanceEmojiStudy.Pictures(ImageSet.digits(), ImageSet.digits()));
        }
        if (study instanceof WeightNormClothesStudy) {
            return new WeightNormClothesStudy(ImageSet::digits);
        }
        if (study instanceof WeightCompanderClothesStudy) {
            return new WeightCompanderClothesStudy(ImageSet::digits);
        }
        if (study instanceof CitationsStudy citations) {
            return new CitationsStudy(
                    citations.name(), () -> Csbm.ofThree(20, 0.3, 0.05).draw(new Seed(3)));
        }
        if (study instanceof DictionariesStudy) {
            return new DictionariesStudy(name -> Csbm.ofThree(20, 0.3, 0.05).draw(new Seed(3).child(name)));
        }
        if (study instanceof FedGpEmojiStudy) {
            return new FedGpEmojiStudy(part -> ImageSet.digits());
        }
        if (study instanceof WeightNormRecurrentStudy) {
            return new WeightNormRecurrentStudy(() -> madeUp("novels"));
        }
        if (study instanceof BalanceNounsStudy) {
            return new BalanceNounsStudy(TinyEncoder::texts, () -> TinyEncoder.write(encoder));
        }
        return study instanceof GlossStudy ? new GlossStudy(TinyEncoder.task(encoder)) : study;
    }

    /** Tables of numbers that say the class: features, then a class from 1. */
    private static Path shifted(Path directory) {
        try {
            Files.createDirectories(directory);
            for (String table : List.of("Haberman", "Blood", "BreastCancer")) {
                var random = new Seed(table.length()).random();
                List<String> rows = IntStream.range(0, 160)
                        .mapToObj(i -> 1 + random.nextInt(10) + "," + random.nextInt(20) + "," + (1 + i % 2))
                        .toList();
                Files.write(directory.resolve(table + ".csv"), rows);
            }
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tables with the columns of the real ones, in which label and group go together. */
    private static Path people(Path directory) {
        try {
            Files.createDirectories(directory);
            var adult = new StringBuilder("age,education-num,capital-gain,capital-loss,hours-per-week,workclass,"
                    + "marital-status,occupation,race,sex,income-per-year\n");
            var compas = new StringBuilder("age,juv_fel_count,juv_misd_count,juv_other_count,priors_count,"
                    + "c_charge_degree,sex,race,two_year_recid\n");
            var arrests = new StringBuilder("released,colour,year,age,sex,employed,citizen,checks\n");
            var random = new Seed(5).random();
            for (int i = 0; i < 600; i++) {
                boolean one = random.nextInt(2) == 0;
                boolean yes = random.nextInt(10) < (one ? 6 : 4);
                int age = 20 + random.nextInt(40) + (yes ? 5 : 0);
                adult.append(age).append(",9,0,0,").append(30 + random.nextInt(20));
                adult.append(",Private,Divorced,Sales,White,").append(one ? "Male" : "Female");
                adult.append(yes ? ",>50K\n" : ",<=50K\n");
                compas.append(age).append(",0,0,0,").append(random.nextInt(9)).append(",F,Male,");
                compas.append(i % 50 == 0 ? "Other" : one ? "African-American" : "Caucasian");
                compas.append(yes ? ",1\n" : ",0\n");
                arrests.append(yes ? "Yes," : "No,").append(one ? "White," : "Black,");
                arrests.append(1997 + i % 6).append(',').append(age).append(",Male,Yes,No,");
                arrests.append(i % 4).append('\n');
            }
            Files.writeString(directory.resolve("adult.csv"), adult);
            Files.writeString(directory.resolve("compas-two-years.csv"), compas);
            Files.writeString(directory.resolve("arrests.csv"), arrests);
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Texts in the form of the authors' split: those of the old set first, all with an id. */
    private static Path requests(Path directory) {
        LabelledTexts texts = TinyEncoder.texts();
        try {
            for (String folder : List.of("old", "updated")) {
                Files.createDirectories(directory.resolve(folder));
                for (String part : List.of("train", "dev", "test")) {
                    int from = part.equals("train") ? 0 : 40;
                    int to = part.equals("train") && folder.equals("old") ? 20 : part.equals("train") ? 40 : 100;
                    List<String> lines = IntStream.range(from, to)
                            .mapToObj(i -> Configs.JSON
                                    .createObjectNode()
                                    .put("id", String.valueOf(i))
                                    .put("text", texts.texts().get(i))
                                    .put("label", texts.labels()[i])
                                    .put("label_name", texts.labelNames().get(texts.labels()[i]))
                                    .toString())
                            .toList();
                    Files.write(directory.resolve(folder).resolve(part + ".jsonl"), lines);
                }
            }
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void massiveIsAskedForWhereItIsNot() {
        assertThatThrownBy(() -> MassiveRequests.place(output.toString()))
                .isInstanceOf(DataException.class)
                .hasMessageContaining(output + ": has no updated/train.jsonl")
                .hasMessageContaining("regression-constraint-model-upgrade")
                .hasMessageContaining("CW_MASSIVE");
    }

    private static List<String> madeUp(String corpus) {
        return IntStream.range(0, 20)
                .mapToObj(i -> (corpus + " says " + i + ", ").repeat(10))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("studies")
    void runsInReducedSizeAndRepeats(Study study) throws IOException {
        StudyResult first = new Reproduction(study, Size.QUICK, 1).run(output, StudyListener.SILENT);
        StudyResult second = new Reproduction(study, Size.QUICK, 1).run(output, StudyListener.SILENT);
        assertThat(first.complete()).isFalse();
        assertThat(figures(second)).isEqualTo(figures(first));
        assertThat(second.claims()).isEqualTo(first.claims());
        assertThat(first.claims()).hasSameSizeAs(study.plan().claims());
    }

    /** What every run measured, but for time and memory. */
    private static List<Map<String, Double>> figures(StudyResult report) {
        return report.runs().stream()
                .map(run -> {
                    var values = new HashMap<>(run.measured().values());
                    values.keySet()
                            .removeAll(Set.of(
                                    GlossTransfer.SECONDS.key(),
                                    GlossTransfer.MEMORY.key(),
                                    GraceMailsStudy.MILLIS.key()));
                    return Map.copyOf(values);
                })
                .toList();
    }

    @Test
    void slugsAreUnique() {
        List<String> slugs =
                Studies.all().stream().map(study -> study.plan().slug()).toList();
        assertThat(slugs).doesNotHaveDuplicates();
    }
}
