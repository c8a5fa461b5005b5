package io.blockwise.base;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

@AnalyzeClasses(packages = "io.blockwise.base", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule groundFloorKnowsNothingAboveIt =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "io.blockwise.data..",
              "io.blockwise.model..",
              "io.blockwise.job..",
              "org.apache.spark..");

  /** Checks and names are also used in a JVM that has no Hadoop. */
  @ArchTest
  static final ArchRule onlyFilesKnowHadoop =
      noClasses()
          .that()
          .resideInAPackage("io.blockwise.base")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.hadoop..");

  /** The launcher reads configurations in a JVM that has no library but theirs. */
  @ArchTest
  static final ArchRule onlyJsonKnowsJackson =
      noClasses()
          .that()
          .resideInAPackage("io.blockwise.base")
          .and()
          .haveNameNotMatching(".*\\.Json(\\$.*)?")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("com.fasterxml.jackson..");
}
