package org.counterweight;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows of the design point down only: train, model and data, weights, engine and config. */
@AnalyzeClasses(packages = "org.counterweight", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule arrowsPointDown = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .withOptionalLayers(true)
            .layer("train")
            .definedBy("org.counterweight.train..")
            .layer("data")
            .definedBy("org.counterweight.data..")
            .layer("model")
            .definedBy("org.counterweight.model..")
            .layer("weights")
            .definedBy("org.counterweight.weights..")
            .layer("config")
            .definedBy("org.counterweight.config..")
            .layer("engine")
            .definedBy("org.counterweight.engine..")
            .whereLayer("train")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("data")
            .mayOnlyBeAccessedByLayers("train")
            .whereLayer("model")
            .mayOnlyBeAccessedByLayers("train", "data")
            .whereLayer("weights")
            .mayOnlyBeAccessedByLayers("train", "data", "model")
            .whereLayer("config")
            .mayOnlyBeAccessedByLayers("train", "data", "model", "weights")
            .whereLayer("engine")
            .mayOnlyBeAccessedByLayers("train", "data", "model", "weights");

    @ArchTest
    static final ArchRule noCycles =
            slices().matching("org.counterweight.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule nothingIsUnpickled = noClasses()
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.io.ObjectInputStream")
            .because("files from strangers are data, never code");

    @ArchTest
    static final ArchRule randomnessIsAnInput = noClasses()
            .that()
            .resideOutsideOfPackage("org.counterweight.engine..")
            .should()
            .callMethod(Math.class, "random")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.Random")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.concurrent.ThreadLocalRandom")
            .because("every draw comes from a Seed that the run records");
}
