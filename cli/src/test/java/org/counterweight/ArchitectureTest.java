package org.counterweight;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** The arrows of the design point down only, over all modules; no room leads back to itself; what is internal is closed. */
@AnalyzeClasses(
        packages = "org.counterweight",
        importOptions = {ImportOption.DoNotIncludeTests.class, ArchitectureTest.WithoutTestJars.class})
class ArchitectureTest {
    /** Core's tests come as a jar, for what they share. */
    static final class WithoutTestJars implements ImportOption {
        @Override
        public boolean includes(Location location) {
            return !location.contains("-tests.jar");
        }
    }

    private static final String ROOT = "org.counterweight.";
    private static final String INTERNAL = ".internal";

    private static String[] rooms(String... names) {
        return java.util.Arrays.stream(names).map(name -> ROOT + name + "..").toArray(String[]::new);
    }

    @ArchTest
    static final ArchRule modulesPointDown = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("cli")
            .definedBy(rooms("cli"))
            .layer("studies")
            .definedBy(rooms("studies"))
            .layer("jobs")
            .definedBy(rooms("jobs"))
            .layer("report")
            .definedBy(rooms("report"))
            .layer("datasets")
            .definedBy(rooms("datasets"))
            .layer("methods")
            .definedBy(rooms("catalogue", "adapt", "reweigh", "merge", "edit", "audit", "formats"))
            .layer("core")
            .definedBy(rooms("train", "data", "model", "weights", "config", "engine"))
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("studies")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("jobs")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("report")
            .mayOnlyBeAccessedByLayers("cli", "jobs", "studies")
            .whereLayer("datasets")
            .mayOnlyBeAccessedByLayers("cli", "jobs", "studies")
            .whereLayer("methods")
            .mayOnlyBeAccessedByLayers("cli", "jobs", "studies")
            .whereLayer("core")
            .mayOnlyBeAccessedByLayers("cli", "jobs", "studies", "datasets", "methods");

    @ArchTest
    static final ArchRule coreIsLayered = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("train")
            .definedBy(rooms("train"))
            .layer("data")
            .definedBy(rooms("data"))
            .layer("model")
            .definedBy(rooms("model"))
            .layer("weights")
            .definedBy(rooms("weights"))
            .layer("config")
            .definedBy(rooms("config"))
            .layer("engine")
            .definedBy(rooms("engine"))
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

    /** Each package for itself, however deep it lies. */
    @ArchTest
    static final ArchRule noCirclesBetweenRooms =
            slices().matching("org.counterweight.(**)").should().beFreeOfCycles();

    /** And each with all that lies below it. */
    @ArchTest
    static final ArchRule noCirclesBetweenFamilies =
            slices().matching("org.counterweight.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule whatIsInternalIsClosed = classes()
            .that(DescribedPredicate.describe(
                    "reside in a package named internal",
                    (JavaClass c) -> c.getPackageName().contains(INTERNAL)))
            .should(beUsedFromAboveOnly())
            .allowEmptyShould(true);

    private static ArchCondition<JavaClass> beUsedFromAboveOnly() {
        return new ArchCondition<>("be used only below the package that holds the internal one") {
            @Override
            public void check(JavaClass internal, ConditionEvents events) {
                String name = internal.getPackageName();
                String owner = name.substring(0, name.indexOf(INTERNAL));
                for (Dependency dependency : internal.getDirectDependenciesToSelf()) {
                    String user = dependency.getOriginClass().getPackageName();
                    boolean fits = user.equals(owner) || user.startsWith(owner + ".");
                    events.add(new SimpleConditionEvent(dependency, fits, dependency.getDescription()));
                }
            }
        };
    }

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
