# The values of a sweep of a market read by three packages of R are those of its CSV, with units and labels.
#   Rscript open_sweep.R fines.h5 FOLDER_OF_CSV
given <- commandArgs(trailingOnly = TRUE)
wrong <- character()
expect <- function(fine, what) if (!isTRUE(fine)) wrong <<- c(wrong, what)
same <- function(a, b) isTRUE(all.equal(as.vector(a), as.vector(b), tolerance = 1e-12, check.attributes = FALSE))

yearly <- NULL  # the CSV that has the year's closes
for (name in list.files(given[2], pattern = "[.]csv$", full.names = TRUE)) {
  table <- read.csv(name)
  if (all(c("run", "market", "year", "close", "emissions", "fine") %in% names(table))) yearly <- table
}
expect(!is.null(yearly), "no CSV has columns run, market, year, close, emissions and fine")
expect(any(is.na(yearly$close)), "the example has no missing value to look for: a year before the first close")
yearly <- yearly[order(yearly$run, yearly$market, yearly$year), ]

# ncdf4: scale_factor and _FillValue are applied, the axes are named.
sink(nullfile())  # says that R has no integers of 8 bytes
file <- ncdf4::nc_open(given[1])
sink()
v <- file$var[["yearly/close"]]
axes <- vapply(v$dim, function(d) d$name, "")
expect(identical(axes, paste0("yearly/", c("year", "market", "run"))), paste("ncdf4: axes of close are", toString(axes)))
expect(identical(v$units, "CNY t-1"), paste("ncdf4: close is in", v$units))
expect(same(ncdf4::ncvar_get(file, "yearly/close"), yearly$close), "ncdf4: close differs from the CSV")
expect(same(v$dim[[1]]$vals, unique(yearly$year)), "ncdf4: labels of year differ from the CSV")
expect(identical(as.vector(ncdf4::ncvar_get(file, "yearly/market")), unique(yearly$market)), "ncdf4: labels of market differ from the CSV")
first_of_run <- !duplicated(yearly$run)
expect(same(ncdf4::ncvar_get(file, "yearly/fine"), yearly$fine[first_of_run]), "ncdf4: the factor fine differs from the CSV")
expect(identical(as.vector(ncdf4::ncvar_get(file, "yearly/banking")), yearly$banking[first_of_run]), "ncdf4: the factor banking differs from the CSV")
sink(nullfile())
tonnes <- ncdf4::ncvar_get(file, "yearly/emissions")
sink()
expect(same(tonnes, yearly$emissions), "ncdf4: emissions differ from the CSV")
expect(identical(ncdf4::ncatt_get(file, "yearly/emissions", "units")$value, "t"), "ncdf4: emissions are not in t")
ncdf4::nc_close(file)

# hdf5r and rhdf5: stored integers and attributes as they are.
file <- hdf5r::H5File$new(given[1], "r")
set <- file[["yearly/close"]]
ticks <- set$read()
expect(identical(hdf5r::h5attr(set, "units"), "CNY t-1"), "hdf5r: close is not in CNY t-1")
expect(same(ticks * hdf5r::h5attr(set, "scale_factor"), yearly$close), "hdf5r: close x scale_factor differs from the CSV")
expect(identical(as.vector(file[["yearly/market"]]$read()), unique(yearly$market)), "hdf5r: labels of market differ from the CSV")
expect(identical(hdf5r::h5attr(file[["yearly/emissions"]], "long_name") != "", TRUE), "hdf5r: emissions have no long_name")

close <- suppressMessages(rhdf5::h5read(given[1], "yearly/close"))
attributes_of_close <- rhdf5::h5readAttributes(given[1], "yearly/close")
expect(identical(as.character(attributes_of_close$units), "CNY t-1"), "rhdf5: close is not in CNY t-1")
expect(same(close * as.numeric(attributes_of_close$scale_factor), yearly$close), "rhdf5: close x scale_factor differs from the CSV")
expect(identical(as.vector(rhdf5::h5read(given[1], "yearly/market")), unique(yearly$market)), "rhdf5: labels of market differ from the CSV")

if (length(wrong)) {
  cat(wrong, sep = "\n")
  quit(status = 1)
}
cat("a sweep in R: ncdf4, hdf5r and rhdf5 agree with the CSV\n")
