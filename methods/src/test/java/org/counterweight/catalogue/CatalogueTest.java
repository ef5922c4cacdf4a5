package org.counterweight.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.counterweight.adapt.Attachment;
import org.counterweight.config.Example;
import org.counterweight.guide.GuidanceSchedule;
import org.counterweight.shift.TableWeigherConfig;
import org.counterweight.train.part.RunPart;
import org.counterweight.train.weigh.WeigherConfig;
import org.junit.jupiter.api.Test;

/** What families say of their methods is collected, and holds. */
class CatalogueTest {
    private record Nothing() {}

    private static final Method NOTHING =
            new Method("nothing", "catalogue", Verb.WEIGH, "(none)", "Does nothing", "w", Nothing.class);

    @Test
    void everyFamilyIsCollectedInItsOrder() {
        assertThat(Catalogue.all())
                .extracting(Method::name)
                .containsSubsequence("bone", "lora", "full", "loss_reweighting", "column", "model_stock", "lines");
    }

    @Test
    void aNameIsGivenOnce() {
        Methods one = () -> List.of(NOTHING);
        assertThat(Catalogue.collected(List.of(one))).containsExactly(Map.entry("nothing", NOTHING));
        assertThatThrownBy(() -> Catalogue.collected(List.of(one, one)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("two methods are named nothing");
    }

    /**
     * Combiners are of several kinds: some need the outputs of models, or rows held out. What taps or runs without joining a
     * training run is a program, which has a command of its own.
     */
    @Test
    void theVerbIsThatOfTheSettings() {
        Map<Verb, List<Class<?>>> kinds = Map.of(
                Verb.PARAMETRIZE, List.of(Attachment.class),
                Verb.TAP, List.of(Attachment.class),
                Verb.WEIGH, List.of(WeigherConfig.class, TableWeigherConfig.class, GuidanceSchedule.class),
                Verb.RUN, List.of(RunPart.class));
        Catalogue.all().stream()
                .filter(method -> kinds.containsKey(method.verb()))
                .forEach(method -> assertThat(kinds.get(method.verb()))
                        .as(method.name())
                        .anyMatch(kind -> kind.isAssignableFrom(method.config()) || isProgram(method)));
    }

    private static boolean isProgram(Method method) {
        return (method.verb() == Verb.TAP || method.verb() == Verb.RUN)
                && Arrays.stream(method.config().getAnnotationsByType(Example.class))
                        .anyMatch(example -> example.value().startsWith("./cw "));
    }

    @Test
    void theFamilyIsThePackage() {
        assertThat(Catalogue.all())
                .allSatisfy(method -> assertThat(method.config().getPackageName() + ".")
                        .startsWith("org.counterweight." + method.family() + "."));
    }
}
