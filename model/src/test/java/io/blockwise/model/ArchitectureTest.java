package io.blockwise.model;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.blockwise.model.spec.LayerSpec;
import io.blockwise.model.spec.LossSpec;

/** The layering of this module: spec <- engine <- network, averaging, artifact. */
@AnalyzeClasses(packages = "io.blockwise.model", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
  @ArchTest
  static final ArchRule specificationsKnowNothingElse =
      noClasses()
          .that()
          .resideInAPackage("..model.spec..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "..model.engine..", "..model.network..", "..model.averaging..", "..model.artifact..");

  @ArchTest
  static final ArchRule specificationsDoNotKnowHowTheyCameAbout =
      noClasses()
          .that()
          .resideInAPackage("..model.spec")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..model.spec.assembly", "..model.spec.cut");

  @ArchTest
  static final ArchRule enginesKnowSpecificationsOnly =
      noClasses()
          .that()
          .resideInAPackage("..model.engine..")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..model.network..", "..model.averaging..", "..model.artifact..");

  /** A further layer is a record, a class per engine, and a line of ONNX's table. */
  @ArchTest
  static final ArchRule onlyEnginesAndOnnxKnowKindsOfLayers =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "..model.spec..", "..model.engine.dl4j..", "..model.engine.torch..", "..model.onnx..")
          .should()
          .dependOnClassesThat(assignableTo(LayerSpec.class).and(not(type(LayerSpec.class))));

  /** A further loss is a record and a class per engine. */
  @ArchTest
  static final ArchRule onlyEnginesKnowKindsOfLosses =
      noClasses()
          .that()
          .resideOutsideOfPackages(
              "..model.spec..", "..model.engine.dl4j..", "..model.engine.torch..")
          .should()
          .dependOnClassesThat(assignableTo(LossSpec.class).and(not(type(LossSpec.class))));

  /** Ledgers and replicas know each other's messages, encodings and rows, not each other. */
  @ArchTest
  static final ArchRule sidesOfAveragingDoNotKnowEachOther =
      slices()
          .matching("io.blockwise.model.averaging.(*)..")
          .should()
          .notDependOnEachOther()
          .ignoreDependency(
              alwaysTrue(), resideInAnyPackage("..averaging.codec", "..averaging.table"));

  @ArchTest
  static final ArchRule messagesOfAveragingKnowNeitherSide =
      noClasses()
          .that()
          .resideInAPackage("io.blockwise.model.averaging")
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("..averaging.replica..", "..averaging.ledger..");

  /** Which pushes count is the ledger's business, what they do to its value the rule's. */
  @ArchTest
  static final ArchRule rulesOfAveragingDoNotKnowTheLedger =
      noClasses()
          .that()
          .resideInAnyPackage("..averaging.ledger.rule", "..averaging.ledger.outer")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("..averaging.ledger");

  @ArchTest
  static final ArchRule encodingsKnowNothingElseOfTheModel =
      noClasses()
          .that()
          .resideInAPackage("..averaging.codec")
          .should()
          .dependOnClassesThat(
              resideInAPackage("io.blockwise.model..")
                  .and(resideOutsideOfPackage("..averaging.codec")));

  @ArchTest
  static final ArchRule tablesKnowNothingElseOfAveraging =
      noClasses()
          .that()
          .resideInAPackage("..averaging.table")
          .should()
          .dependOnClassesThat(
              resideInAPackage("..model.averaging..")
                  .and(resideOutsideOfPackage("..averaging.table")));

  @ArchTest
  static final ArchRule nothingKnowsANumericalLibrary =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage("org.nd4j..", "org.deeplearning4j..", "org.bytedeco..");

  @ArchTest
  static final ArchRule nothingKnowsSparkOrTheOtherModules =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.spark..", "scala..", "io.blockwise.data..", "io.blockwise.job..");

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().matching("io.blockwise.model.(**)").should().beFreeOfCycles();
}
