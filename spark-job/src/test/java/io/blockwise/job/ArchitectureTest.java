package io.blockwise.job;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.blockwise.model.spec.LossSpec;

/** The layering of all modules, as this one binds the others. */
@AnalyzeClasses(packages = "io.blockwise", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule modelKnowsNeitherSparkNorTheOtherModules =
      noClasses()
          .that()
          .resideInAPackage("io.blockwise.model..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.spark..", "scala..", "io.blockwise.data..", "io.blockwise.job..");

  @ArchTest
  static final ArchRule dataPrepKnowsNeitherModelNorJob =
      noClasses()
          .that()
          .resideInAPackage("io.blockwise.data..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.blockwise.model..", "io.blockwise.job..");

  @ArchTest
  static final ArchRule onlyTheEnginesKnowTheirLibraries =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "io.blockwise.model.engine.dl4j..", "io.blockwise.model.engine.torch..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.nd4j..", "org.deeplearning4j..", "org.bytedeco..");

  @ArchTest
  static final ArchRule onlyTheTorchEngineKnowsItsLibrary =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.blockwise.model.engine.torch..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.bytedeco.pytorch..");

  @ArchTest
  static final ArchRule enginesKnowSpecificationsAndTheirSeamOnly =
      classes()
          .that()
          .resideInAnyPackage("io.blockwise.model.engine.*..")
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage(
                      "io.blockwise.base..",
                      "io.blockwise.model.spec..",
                      "io.blockwise.model.engine..")
                  .or(resideOutsideOfPackage("io.blockwise..")));

  /** They are found by ServiceLoader. */
  @ArchTest
  static final ArchRule nothingKnowsAnEngine =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.blockwise.model.engine.*..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.blockwise.model.engine.*..");

  @ArchTest
  static final ArchRule enginesDoNotKnowEachOther =
      slices().matching("io.blockwise.model.engine.(*)..").should().notDependOnEachOther();

  /**
   * A further loss is a record, its section of keys and a class per engine. The trial of a device
   * trains a network of its own.
   */
  @ArchTest
  static final ArchRule nothingKnowsKindsOfLosses =
      noClasses()
          .that()
          .resideInAPackage("io.blockwise.job..")
          .and()
          .doNotHaveSimpleName("EngineTrial")
          .should()
          .dependOnClassesThat(assignableTo(LossSpec.class).and(not(type(LossSpec.class))));

  @ArchTest
  static final ArchRule onlyTheExchangeKnowsSparksPlugins =
      noClasses()
          .that()
          .resideOutsideOfPackage("io.blockwise.job.exchange..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.spark.api.plugin..");

  @ArchTest
  static final ArchRule bytesOfTheExchangeKnowNeitherSide =
      noClasses()
          .that()
          .resideInAPackage("io.blockwise.job.exchange.wire")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("io.blockwise.job.exchange", "io.blockwise.job.exchange.executor");

  @ArchTest
  static final ArchRule executorsKnowNothingOfTheDriversSide =
      noClasses()
          .that()
          .resideInAPackage("io.blockwise.job.exchange.executor")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.blockwise.job.exchange");

  @ArchTest
  static final ArchRule tasksKnowNothingOfTheDriversSide =
      noClasses()
          .that()
          .resideInAPackage("io.blockwise.job.cluster.executor")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("io.blockwise.job.cluster");

  /** The launcher reads a configuration in a JVM without Spark. */
  @ArchTest
  static final ArchRule configurationAndCommandLineNeedNoSpark =
      noClasses()
          .that()
          .resideInAnyPackage("io.blockwise.job.config..", "io.blockwise.job.cli..")
          .should()
          .dependOnClassesThat(
              resideInAnyPackage(
                      "org.apache.spark..",
                      "org.apache.hadoop..",
                      "scala..",
                      "io.blockwise.base.files..",
                      "io.blockwise.data..",
                      "io.blockwise.model.engine.*..")
                  .and(resideOutsideOfPackage("io.blockwise.data.options"))
                  // which tells options of spark-submit from others
                  .and(resideOutsideOfPackage("org.apache.spark.launcher")));

  @ArchTest
  static final ArchRule configurationKnowsNothingElseOfTheJob =
      classes()
          .that()
          .resideInAPackage("io.blockwise.job.config..")
          .should()
          .onlyDependOnClassesThat(
              resideInAPackage("io.blockwise.job.config..")
                  .or(resideInAPackage("io.blockwise.base"))
                  .or(resideInAPackage("io.blockwise.data.options"))
                  .or(resideInAPackage("io.blockwise.model.."))
                  .or(resideInAPackage("com.typesafe.config.."))
                  .or(resideInAPackage("java..")));

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("io.blockwise.job.(*)..").should().beFreeOfCycles();
}
