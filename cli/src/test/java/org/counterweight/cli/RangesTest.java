package org.counterweight.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.counterweight.config.Allowed;
import org.counterweight.config.ConfigException;
import org.counterweight.config.Configs;
import org.counterweight.config.Range;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A range is said once, in a setting's {@code range}, of which explain, JSON Schema and the constructor's check are made; here
 * every record is seen to check: the nearest numbers outside are refused, by name and with what the range says.
 */
class RangesTest {
    /** Every settings record that there is, whoever reads it. */
    static Stream<Arguments> ranges() {
        return new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .withImportOption(location -> !location.contains("-tests.jar"))
                        .importPackages("org.counterweight")
                        .stream()
                        .filter(type ->
                                type.isRecord() && !type.getPackageName().contains("toy"))
                        .map(JavaClass::reflect)
                        .<Class<? extends Record>>map(type -> type.asSubclass(Record.class))
                        .flatMap(record -> Arrays.stream(record.getRecordComponents())
                                .filter(component -> Allowed.of(component).range() != null)
                                .map(component -> Arguments.of(record, component.getName())));
    }

    @Test
    void thereAreRangesToHold() {
        assertThat(ranges()).hasSizeGreaterThan(300);
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
            assertThatThrownBy(() -> made(record, settings))
                    .as(name + ": " + value)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageMatching(
                            "(.*\\.)?" + Configs.key(name) + "(\\[0])?: .* is not allowed; expected an? .*");
        }
    }

    /** The record, past what chooses it among the kinds of its family. */
    private static Record made(Class<? extends Record> record, ObjectNode settings) throws Throwable {
        if (!isKind(record)) {
            return Configs.bind(settings, record, "");
        }
        var types = new ArrayList<Class<?>>();
        var values = new ArrayList<Object>();
        for (RecordComponent component : record.getRecordComponents()) {
            types.add(component.getType());
            values.add(Configs.JSON.treeToValue(
                    settings.get(Configs.key(component.getName())),
                    Configs.JSON.constructType(component.getGenericType())));
        }
        try {
            Constructor<? extends Record> constructor = record.getDeclaredConstructor(types.toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return constructor.newInstance(values.toArray());
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static boolean isKind(Class<?> type) {
        return Arrays.stream(type.getInterfaces())
                .anyMatch(each -> each.isAnnotationPresent(JsonTypeInfo.class) || isKind(each));
    }

    /** The nearest numbers beyond each end. */
    private static List<Double> outside(RecordComponent component) {
        Range range = Objects.requireNonNull(Allowed.of(component).range());
        double step = Allowed.of(component).isWhole() ? 1 : 1e-9;
        return DoubleStream.of(
                        range.lowAllowed() ? range.low() - step : range.low(),
                        range.highAllowed() ? range.high() + step : range.high())
                .filter(Double::isFinite)
                .boxed()
                .toList();
    }

    private static JsonNode node(RecordComponent component, double value) {
        JsonNode number = Allowed.of(component).isWhole()
                ? Configs.JSON.valueToTree((long) value)
                : Configs.JSON.valueToTree(value);
        return component.getGenericType() instanceof ParameterizedType
                ? Configs.JSON.createArrayNode().add(number)
                : number;
    }
}
