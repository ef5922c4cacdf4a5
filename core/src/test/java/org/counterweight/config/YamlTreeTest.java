package org.counterweight.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class YamlTreeTest {
    @Test
    void numbersAreThoseOfTheCoreSchema() {
        var tree = Configs.yaml("{a: .5, b: 1., c: 1e-4, d: -3, e: 12345678901, f: true, g: '0.5', h: yes, i: ~}", "x");
        assertThat(tree.get("a").asDouble()).isEqualTo(0.5);
        assertThat(tree.get("a").isNumber()).isTrue();
        assertThat(tree.get("b").isNumber()).isTrue();
        assertThat(tree.get("c").asDouble()).isEqualTo(1e-4);
        assertThat(tree.get("d").asInt()).isEqualTo(-3);
        assertThat(tree.get("e").asLong()).isEqualTo(12345678901L);
        assertThat(tree.get("f").isBoolean()).isTrue();
        assertThat(tree.get("g").isString()).isTrue();
        assertThat(tree.get("h").isString()).isTrue();
        assertThat(tree.get("i").isNull()).isTrue();
    }

    @Test
    void anAliasStandsForWhatIsMarked() {
        var tree = Configs.yaml("a: &w {weight: 0.5, list: [1, 2]}\nb: *w\nc: &n .25\nd: [*n, *n]\n", "x");
        assertThat(tree.get("b")).isEqualTo(tree.get("a"));
        assertThat(tree.get("d").get(1).asDouble()).isEqualTo(0.25);
    }

    @Test
    void keysAreMerged() {
        var tree = Configs.yaml("a: &w {weight: 0.5, density: 1}\nb: {<<: *w, density: 0.3}\n", "x");
        assertThat(tree.get("b")).isEqualTo(Configs.json("{\"density\": 0.3, \"weight\": 0.5}", "y"));
    }

    @Test
    void whatHasNoEndIsRefused() {
        assertThatThrownBy(() -> Configs.yaml("a: &w [*w]\n", "recipe.yaml"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("recipe.yaml");
        assertThatThrownBy(() -> Configs.yaml("a: *w\n", "recipe.yaml"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("recipe.yaml")
                .hasMessageContaining("w");
        var doubled = new StringBuilder("a0: &a0 1\n");
        for (int i = 1; i < 24; i++) {
            doubled.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
        }
        assertThatThrownBy(() -> Configs.yaml(doubled.toString(), "recipe.yaml"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("recipe.yaml: has more than 1000000 values, its aliases written out");
        assertThatThrownBy(() -> Configs.yaml("a: !!java/x 3\n", "recipe.yaml"))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("recipe.yaml");
    }
}
