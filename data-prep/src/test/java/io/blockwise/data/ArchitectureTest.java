package io.blockwise.data;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(
    packages = "io.blockwise.data",
    importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule packagesFormNoCycle =
      slices().matching("io.blockwise.(**)").should().beFreeOfCycles();

  @ArchTest
  static final ArchRule trainingIsUnknownHere =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.blockwise.model..", "io.blockwise.job..", "org.nd4j..", "org.deeplearning4j..");

  /** The launcher checks a configuration with them. */
  @ArchTest
  static final ArchRule optionsOfConfigurationsKnowChecksAndNamesOnly =
      classes()
          .that()
          .resideInAPackage("..data.options")
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage("io.blockwise.data.options", "io.blockwise.base", "java..");

  @ArchTest
  static final ArchRule readingNeedsNoSpark =
      noClasses()
          .that()
          .resideInAnyPackage("..data.dataset", "..data.source", "..data.download")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.spark..");
}
