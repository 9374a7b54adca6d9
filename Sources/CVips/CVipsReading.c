#include "CVips.h"

#include <vips/vips.h>

static VipsImage *vips(CVipsImage *image) { return (VipsImage *)image; }

// The page that a HEIF file names as the one to show is not always its first.
static int open_heif(void *bytes, size_t count, VipsImage **image) {
    int primary = 0;
    if (vips_heifload_buffer(
            bytes, count, image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL))
        return -1;
    if (!vips_image_get_typeof(*image, "heif-primary") || vips_image_get_int(*image, "heif-primary", &primary) || primary <= 0)
        return 0;
    VIPS_UNREF(*image);
    return vips_heifload_buffer(
        bytes, count, image, "page", primary, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL);
}

CVipsImage *cvips_open(CVipsFormat format, const void *bytes, size_t count) {
    void *buffer = (void *)bytes;
    VipsImage *image = NULL;
    int status = -1;
    // Without `fail_on` a truncated file would decode with success, black where it ends.
    switch (format) {
    case CVIPS_PNG:
        status = vips_pngload_buffer(
            buffer, count, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL);
        break;
    case CVIPS_JPEG:
        status = vips_jpegload_buffer(
            buffer, count, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL);
        break;
    case CVIPS_WEBP:
        status = vips_webpload_buffer(
            buffer, count, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL);
        break;
    case CVIPS_TIFF:
        status = vips_tiffload_buffer(
            buffer, count, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_TRUNCATED, NULL);
        break;
    case CVIPS_AVIF:
    case CVIPS_HEIC:
        status = open_heif(buffer, count, &image);
        break;
    }
    if (status)
        VIPS_UNREF(image);
    return (CVipsImage *)image;
}

// What the numbers of an opened image mean, also where the file leaves it open.
static VipsInterpretation interpretation(VipsImage *image) {
    const gboolean wide = vips_image_get_format(image) == VIPS_FORMAT_USHORT;
    const VipsInterpretation guess = vips_image_guess_interpretation(image);
    if (guess != VIPS_INTERPRETATION_MULTIBAND)
        return guess;
    return vips_image_get_bands(image) < 3 ? (wide ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W)
                                           : (wide ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB);
}

CVipsHeader cvips_header(CVipsImage *image) {
    const VipsBandFormat format = vips_image_get_format(vips(image));
    const VipsInterpretation from = interpretation(vips(image));
    const gboolean grey = from == VIPS_INTERPRETATION_B_W || from == VIPS_INTERPRETATION_GREY16;
    const gboolean rgb = from == VIPS_INTERPRETATION_sRGB || from == VIPS_INTERPRETATION_RGB16;
    const int bands = vips_image_get_bands(vips(image));
    return (CVipsHeader){
        .width = vips_image_get_width(vips(image)),
        .height = vips_image_get_height(vips(image)),
        .bits = format == VIPS_FORMAT_UCHAR ? 8 : format == VIPS_FORMAT_USHORT ? 16 : 0,
        .orientation = vips_image_get_orientation(vips(image)),
        .pages = vips_image_get_n_pages(vips(image)),
        .channels = grey ? 1 : 3,
        .has_alpha = bands > (grey ? 1 : from == VIPS_INTERPRETATION_CMYK ? 4 : 3),
        .is_converted = !grey && !rgb,
        .horizontal_density = vips_image_get_xres(vips(image)),
        .vertical_density = vips_image_get_yres(vips(image)),
    };
}

typedef struct {
    CVipsTakeField take;
    void *context;
} FieldTaker;

static void *hand_over(VipsImage *image, const char *name, GValue *value, void *data) {
    (void)image;
    const FieldTaker *taker = data;
    size_t count = 0;
    const void *bytes = NULL;
    const gboolean is_text = G_VALUE_HOLDS(value, VIPS_TYPE_REF_STRING);
    if (is_text)
        bytes = vips_value_get_ref_string(value, &count);
    else if (G_VALUE_HOLDS(value, VIPS_TYPE_BLOB))
        bytes = vips_value_get_blob(value, &count);
    if (bytes)
        taker->take(taker->context, name, is_text, bytes, count);
    return NULL;
}

void cvips_fields(CVipsImage *image, CVipsTakeField take, void *context) {
    FieldTaker taker = {take, context};
    vips_image_map(vips(image), hand_over, &taker);
}

static int read_rows(VipsImage *image, CVipsTakeRow take, void *context) {
    const int rows_at_once = 64;
    VipsRegion *region = vips_region_new(image);
    int status = 0;
    for (int top = 0; top < image->Ysize && !status; top += rows_at_once) {
        const VipsRect rows = {0, top, image->Xsize, VIPS_MIN(rows_at_once, image->Ysize - top)};
        status = vips_region_prepare(region, &rows);
        for (int y = top; y < top + rows.height && !status; y++)
            take(context, y, VIPS_REGION_ADDR(region, 0, y));
    }
    g_object_unref(region);
    return status;
}

int cvips_read(CVipsImage *image, CVipsTakeRow take, void *context) {
    const CVipsHeader header = cvips_header(image);
    const gboolean wide = header.bits == 16;
    const VipsInterpretation to = header.channels == 1 ? (wide ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W)
                                                       : (wide ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB);
    VipsImage *owner = vips_image_new();
    VipsImage **step = (VipsImage **)vips_object_local_array(VIPS_OBJECT(owner), 4);
    int status = vips_copy(vips(image), &step[0], "interpretation", interpretation(vips(image)), NULL) ||
            vips_colourspace(step[0], &step[1], to, NULL) ||
            vips_extract_band(step[1], &step[2], 0, "n", header.channels + header.has_alpha, NULL) ||
            vips_cast(step[2], &step[3], wide ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR, NULL) ||
            read_rows(step[3], take, context);
    g_object_unref(owner);
    return status ? -1 : 0;
}
