package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.counterweight.catalogue.Catalogue;
import org.counterweight.catalogue.Method;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.config.Range;
import org.counterweight.config.Setting;
import org.counterweight.merge.stock.PeriodicStockConfig;
import org.counterweight.merge.stream.MergeOptions;
import org.counterweight.train.TrainConfig;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A range is said once, in a setting's {@code range}, of which explain and JSON Schema are made; here the record is held to it:
 * the nearest numbers outside are refused, by name.
 */
class RangesTest {
    static Stream<Arguments> ranges() {
        var all = new ArrayList<Arguments>();
        Stream<Class<? extends Record>> records = Stream.concat(
                Catalogue.all().stream().map(Method::config),
                Stream.of(TrainConfig.class, PeriodicStockConfig.class, MergeOptions.class));
        records.forEach(record -> Arrays.stream(record.getRecordComponents())
                .filter(component -> range(component) != null)
                .forEach(component -> all.add(Arguments.of(record, component.getName()))));
        return all.stream();
    }

    private static @Nullable Range range(RecordComponent component) {
        Setting setting = component.getAnnotation(Setting.class);
        return setting == null ? null : Range.stated(setting.range());
    }

    @Test
    void thereAreRangesToHold() {
        assertThat(ranges()).hasSizeGreaterThan(40);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("ranges")
    void whatLiesOutsideIsRefused(Class<? extends Record> record, String name) {
        RecordComponent component = Arrays.stream(record.getRecordComponents())
                .filter(each -> each.getName().equals(name))
                .findFirst()
                .orElseThrow();
        for (double value : outside(component)) {
            ObjectNode settings = Configs.sample(record);
            settings.set(Configs.key(name), node(component, value));
            assertThatThrownBy(() -> Configs.bind(settings, record, ""))
                    .as(name + ": " + value)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(Configs.key(name));
        }
    }

    /** The nearest numbers beyond each end. */
    private static List<Double> outside(RecordComponent component) {
        Range range = Objects.requireNonNull(range(component));
        double step = isWhole(component.getType()) ? 1 : 1e-9;
        return DoubleStream.of(
                        range.lowAllowed() ? range.low() - step : range.low(),
                        range.highAllowed() ? range.high() + step : range.high())
                .filter(Double::isFinite)
                .boxed()
                .toList();
    }

    private static boolean isWhole(Class<?> type) {
        return type == int.class || type == long.class || type == Integer.class || type == Long.class;
    }

    private static JsonNode node(RecordComponent component, double value) {
        JsonNode number =
                isWhole(component.getType()) ? Configs.JSON.valueToTree((long) value) : Configs.JSON.valueToTree(value);
        return component.getGenericType() instanceof ParameterizedType
                ? Configs.JSON.createArrayNode().add(number)
                : number;
    }
}
