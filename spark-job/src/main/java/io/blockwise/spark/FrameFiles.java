package io.blockwise.spark;

import static org.apache.spark.sql.functions.col;

import io.blockwise.base.FileNames;
import io.blockwise.base.Printable;
import io.blockwise.base.UserException;
import io.blockwise.base.files.Storage;
import io.blockwise.data.frame.FrameRows;
import io.blockwise.job.input.HadoopSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.function.ForeachPartitionFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Writes the rows of a DataFrame as raw files of the kind that data preparation reads: tables of
 * Parquet, or images in a folder per class.
 */
final class FrameFiles {
  private static final String TEXT = "text";

  private FrameFiles() {}

  /** What data preparation is told of them, as {@code key=value}. */
  static List<String> sets(LabelledRows rows) {
    List<String> sets = new ArrayList<>(setsOfKind(rows));
    if (rows.weighted()) {
      sets.add("data.weight-column=" + LabelledRows.WEIGHT);
    }
    return sets;
  }

  private static List<String> setsOfKind(LabelledRows rows) {
    return switch (rows.kind()) {
      case NUMBERS -> List.of("data.kind=table", "data.table.label-column=" + LabelledRows.LABEL);
      case TEXTS ->
          List.of(
              "data.kind=text",
              "data.text.label-column=" + LabelledRows.LABEL,
              "data.text.text-column=" + TEXT);
      case IMAGES -> List.of("data.kind=image-folder");
    };
  }

  /**
   * Writes them.
   *
   * @param folder which is not there yet
   */
  static void write(LabelledRows rows, Configuration hadoop, Path folder) throws IOException {
    Dataset<Row> dealt =
        FrameRows.ordered(
            rows.frame(), rows.rows(), col(LabelledRows.HASH), col(LabelledRows.LABEL));
    if (rows.kind() == Examples.IMAGES) {
      requireFolders(rows);
      String target = folder.toString();
      dealt.foreachPartition((ForeachPartitionFunction<Row>) some -> images(some, target));
    } else {
      FrameRows.write(dealt.select(columns(rows)), new Storage(hadoop), folder);
    }
  }

  private static Column[] columns(LabelledRows rows) {
    List<Column> columns = new ArrayList<>(List.of(col(LabelledRows.LABEL)));
    if (rows.kind() == Examples.TEXTS) {
      columns.add(col(LabelledRows.VALUE).as(TEXT));
    }
    if (rows.weighted()) {
      columns.add(col(LabelledRows.WEIGHT));
    }
    for (int i = 0; i < rows.width(); i++) {
      columns.add(col(LabelledRows.VALUE).getItem(i).as("x" + i));
    }
    return columns.toArray(Column[]::new);
  }

  private static void requireFolders(LabelledRows rows) {
    for (Row label : rows.frame().select(LabelledRows.LABEL).distinct().collectAsList()) {
      if (!FileNames.isPlain(label.getString(0))) {
        throw UserException.cannot(
            "train on images of class " + Printable.of(label.getString(0)),
            "it names a folder",
            "use letters, digits, '.', '_' and '-'");
      }
    }
  }

  private static void images(Iterator<Row> rows, String folder) throws IOException {
    FileSystem files = new Path(folder).getFileSystem(HadoopSettings.current());
    long before = 0;
    int again = 0;
    while (rows.hasNext()) {
      Row row = rows.next();
      long hash = row.getAs(LabelledRows.HASH);
      again = hash == before ? again + 1 : 0; // equal rows lie side by side
      before = hash;
      byte[] image = ImageFiles.content(row.getAs(LabelledRows.VALUE));
      Path place = new Path(folder, row.<String>getAs(LabelledRows.LABEL));
      String name = String.format("%016x-%d.%s", hash, again, ImageFiles.type(image));
      try (OutputStream out = files.create(new Path(place, name))) {
        out.write(image);
      }
    }
  }
}
