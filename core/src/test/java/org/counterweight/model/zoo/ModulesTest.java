package org.counterweight.model.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.counterweight.model.Model;
import org.counterweight.model.module.ModuleSpec;
import org.counterweight.model.module.ModuleSpec.Kind;
import org.counterweight.model.module.Modules;
import org.counterweight.model.part.Head;
import org.counterweight.model.part.Normalization;
import org.counterweight.model.part.Pooling;
import org.counterweight.model.zoo.image.ConvNet;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ModulesTest {
    /** Parameters that lie beside modules: tokens, places, and vectors that scale. */
    private static final Set<String> OF_NO_MODULE = Set.of(
            "cls_token",
            "distillation_token",
            "mask_token",
            "class_embedding",
            "position_embeddings",
            "lambda1",
            "layer_scale_parameter",
            "logit_scale");

    static List<Named<Model>> zoo() {
        return Zoo.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("zoo")
    void everyTensorBelongsToAModuleOfItsKind(Model model) {
        Modules modules = model.modules();
        var left = new LinkedHashSet<>(model.shapes().keySet());
        for (ModuleSpec module : modules.all()) {
            if (module.tiedTo() != null) {
                assertThat(model.shapes().get(module.weight()))
                        .as(module.name())
                        .isNull();
                assertThat(modules.of(Kind.EMBEDDING)).contains(module.tiedTo());
                left.remove(module.name() + ".bias");
                continue;
            }
            for (String weight : module.weights()) {
                assertThat(Objects.requireNonNull(model.shapes().get(weight), weight).length)
                        .isIn(
                                switch (module.kind()) {
                                    case LINEAR, EMBEDDING, RECURRENT -> Set.of(2);
                                    case CONVOLUTION -> Set.of(3, 4); // over texts, and over images
                                    case TRANSPOSED_CONVOLUTION -> Set.of(4);
                                    case NORM -> Set.of(1);
                                });
                left.remove(weight);
                left.remove(weight.replaceFirst("\\.weight(?=\\w*$)", ".bias"));
            }
        }
        left.removeAll(modules.buffers());
        left.removeIf(
                name -> name.endsWith("predictions.bias") || name.equals("lm_head.bias")); // of heads that are tied
        left.removeIf(name -> OF_NO_MODULE.contains(name.substring(name.lastIndexOf('.') + 1))
                || name.endsWith("embeddings.position_embedding.weight")); // a parameter in our image towers
        assertThat(left).isEmpty();
        assertThat(modules.buffers()).isSubsetOf(model.shapes().keySet());
    }

    @Test
    void headsAreWhatANewTaskReplaces() {
        assertThat(Zoo.bert(Head.CLASSIFIER, Pooling.POOLER).modules().heads()).containsExactly("classifier");
        assertThat(Zoo.bert(Head.LANGUAGE, Pooling.POOLER).modules().heads()).containsExactly("cls");
        assertThat(Zoo.bert(Head.NONE, Pooling.POOLER).modules().heads()).isEmpty();
        assertThat(Zoo.gpt2(Head.LANGUAGE, true).modules().heads()).isEmpty();
        assertThat(Zoo.gpt2(Head.LANGUAGE, false).modules().heads()).containsExactly("lm_head");
        assertThat(Zoo.llama(Head.CLASSIFIER, false).modules().heads()).containsExactly("score");
    }

    @Test
    void aTiedHeadNamesItsTableAndIsNoTargetOfAdapters() {
        Modules tied = Zoo.gpt2(Head.LANGUAGE, true).modules();
        assertThat(tied.tiedEmbedding()).isEqualTo("transformer.wte");
        assertThat(tied.linears()).doesNotContain("lm_head");
        assertThat(Zoo.gpt2(Head.LANGUAGE, false).modules().tiedEmbedding()).isNull();
        assertThat(Zoo.bert(Head.LANGUAGE, Pooling.POOLER).modules().tiedEmbedding())
                .isEqualTo("bert.embeddings.word_embeddings");
    }

    @Test
    void gpt2StoresWhatLiesInItsLayersTheOtherWayRound() {
        Modules modules = Zoo.gpt2(Head.CLASSIFIER, true).modules();
        assertThat(modules.linears().stream().filter(modules::isTransposed))
                .hasSize(8)
                .allMatch(name -> name.startsWith("transformer.h."));
        assertThat(modules.isTransposed("score")).isFalse();
    }

    @Test
    void runningStatisticsAreDeclared() {
        assertThat(new ConvNet(1, 6, 3, 1, Normalization.BATCH, 3).modules().buffers())
                .containsExactly("features.1.running_mean", "features.1.running_var");
        assertThat(new ConvNet(1, 6, 3, 1, Normalization.INSTANCE, 3).modules().buffers())
                .isEmpty();
    }

    @Test
    void twoModulesOfOneNameAreRefused() {
        assertThatThrownBy(() -> Modules.ofLinears(List.of("a", "a"))).hasMessageContaining("named a");
    }
}
