#include "CVips.h"

#include <vips/vips.h>

#if VIPS_MAJOR_VERSION < 8 || (VIPS_MAJOR_VERSION == 8 && VIPS_MINOR_VERSION < 13)
#error "libvips 8.13 or newer is needed (vips_block_untrusted_set)"
#endif

static VipsImage *vips(CVipsImage *image) { return (VipsImage *)image; }

static void discard_log(const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data) {
    (void)domain, (void)level, (void)message, (void)data;
}

int cvips_start(void) {
    const GLogLevelFlags all = G_LOG_LEVEL_MASK | G_LOG_FLAG_FATAL | G_LOG_FLAG_RECURSION;
    g_log_set_handler("VIPS", all, discard_log, NULL);
    g_log_set_handler("GLib-GObject", all, discard_log, NULL);
    if (VIPS_INIT("kenet"))
        return -1;
    vips_block_untrusted_set(TRUE);
    // A cached result could be the content of an earlier file of the same name.
    vips_cache_set_max(0);
    return 0;
}

const char *cvips_version(void) { return vips_version_string(); }

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
    }
    return status ? NULL : (CVipsImage *)image;
}

CVipsHeader cvips_header(CVipsImage *image) {
    const VipsBandFormat format = vips_image_get_format(vips(image));
    return (CVipsHeader){
        .width = vips_image_get_width(vips(image)),
        .height = vips_image_get_height(vips(image)),
        .bits = format == VIPS_FORMAT_UCHAR ? 8 : format == VIPS_FORMAT_USHORT ? 16 : 0,
        .orientation = vips_image_get_orientation(vips(image)),
    };
}

// The only place where transparency is lost: the picture is laid onto white.
static int flatten(VipsImage *in, VipsImage **out, double white) {
    if (!vips_image_hasalpha(in))
        return vips_copy(in, out, NULL);
    VipsArrayDouble *background = vips_array_double_new(&white, 1);
    const int status = vips_flatten(in, out, "background", background, "max_alpha", white, NULL);
    vips_area_unref(VIPS_AREA(background));
    return status;
}

int cvips_decode(CVipsImage *image, CVipsPixels *pixels) {
    const gboolean wide = vips_image_get_format(vips(image)) == VIPS_FORMAT_USHORT;
    const int bands = vips_image_get_bands(vips(image));
    VipsInterpretation from = vips_image_guess_interpretation(vips(image));
    if (from == VIPS_INTERPRETATION_MULTIBAND)
        from = bands < 3 ? (wide ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W)
                         : (wide ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB);
    const gboolean grey = from == VIPS_INTERPRETATION_B_W || from == VIPS_INTERPRETATION_GREY16;
    const VipsInterpretation to = grey ? (wide ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W)
                                       : (wide ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB);
    const int channels = grey ? 1 : 3;

    VipsImage *owner = vips_image_new();
    VipsImage **step = (VipsImage **)vips_object_local_array(VIPS_OBJECT(owner), 5);
    size_t size = 0;
    pixels->samples = NULL;
    if (!vips_copy(vips(image), &step[0], "interpretation", from, NULL) &&
        !vips_colourspace(step[0], &step[1], to, NULL) &&
        !flatten(step[1], &step[2], wide ? 65535 : 255) &&
        !vips_extract_band(step[2], &step[3], 0, "n", channels, NULL) &&
        !vips_cast(step[3], &step[4], wide ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR, NULL))
        pixels->samples = vips_image_write_to_memory(step[4], &size);
    pixels->channels = channels;
    pixels->bits = wide ? 16 : 8;
    g_object_unref(owner);
    return pixels->samples ? 0 : -1;
}

void cvips_close(CVipsImage *image) { g_object_unref(vips(image)); }

int cvips_encode(
    const void *samples, int width, int height, int channels, CVipsEncoding encoding, void **bytes, size_t *count) {
    VipsImage *image = vips_image_new_from_memory(
        samples, (size_t)width * (size_t)height * (size_t)channels, width, height, channels, VIPS_FORMAT_UCHAR);
    if (!image)
        return -1;
    const double pixels_per_millimetre = 72 / 25.4;
    VipsImage *in = NULL;
    int status = vips_copy(
        image, &in, "interpretation", channels == 1 ? VIPS_INTERPRETATION_B_W : VIPS_INTERPRETATION_sRGB, "xres",
        pixels_per_millimetre, "yres", pixels_per_millimetre, NULL);
    g_object_unref(image);
    if (status)
        return status;
    switch (encoding.format) {
    case CVIPS_PNG:
        status = vips_pngsave_buffer(
            in, bytes, count, "compression", encoding.compression, "filter", VIPS_FOREIGN_PNG_FILTER_ALL, NULL);
        break;
    case CVIPS_JPEG:
        status = vips_jpegsave_buffer(
            in, bytes, count, "Q", encoding.quality, "optimize_coding", TRUE, "subsample_mode",
            encoding.subsample_colour ? VIPS_FOREIGN_SUBSAMPLE_ON : VIPS_FOREIGN_SUBSAMPLE_OFF, NULL);
        break;
    case CVIPS_WEBP:
        status = encoding.quality == 0
            ? vips_webpsave_buffer(in, bytes, count, "lossless", TRUE, NULL)
            : vips_webpsave_buffer(in, bytes, count, "Q", encoding.quality, "smart_subsample", TRUE, NULL);
        break;
    case CVIPS_TIFF:
        status = vips_tiffsave_buffer(
            in, bytes, count, "compression", VIPS_FOREIGN_TIFF_COMPRESSION_DEFLATE, "predictor",
            VIPS_FOREIGN_TIFF_PREDICTOR_HORIZONTAL, NULL);
        break;
    }
    g_object_unref(in);
    return status;
}

int cvips_text(const char *text, void **samples, int *width, int *height) {
    // The text is Pango markup to libvips.
    gchar *escaped = g_markup_escape_text(text, -1);
    VipsImage *mask = NULL, *inverted = NULL;
    int failed = vips_text(&mask, escaped, "font", "sans 13", "dpi", 72, NULL) || vips_invert(mask, &inverted, NULL);
    g_free(escaped);
    if (!failed) {
        size_t count;
        *samples = vips_image_write_to_memory(inverted, &count);
        *width = vips_image_get_width(inverted);
        *height = vips_image_get_height(inverted);
        failed = *samples == NULL;
    }
    VIPS_UNREF(inverted);
    VIPS_UNREF(mask);
    return failed ? -1 : 0;
}

void cvips_free(void *memory) { g_free(memory); }

char *cvips_take_error(void) { return vips_error_buffer_copy(); }

void cvips_release_thread(void) { vips_thread_shutdown(); }
