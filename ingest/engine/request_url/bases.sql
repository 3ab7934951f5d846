-- What a URL says before its question mark.

-- The operation of a call: what its base says, unless a SOAP service is asked for its own description.
create or replace macro operation_of(operation, is_soap_service, method, asks_for_wsdl) as (
    case when is_soap_service and method = 'GET' and asks_for_wsdl then 'metainfo' else operation end
);

-- What is done to a record.
create or replace macro operation_by_method(method) as (
    case method
        when 'GET' then 'get'
        when 'POST' then 'insert'
        when 'PUT' then 'update'
        when 'DELETE' then 'delete'
        else 'other'
    end
);

-- One row per row of request_base_texts.
create or replace view request_bases as
with spelled as (
    select
        request_names.*,
        coalesce(official_connectors.connector, names[connector_at]) as connector,
        services.service,
        services.operation as service_operation
    from request_names
    left join official_connectors on official_connectors.lower_connector = low[connector_at]
    left join soap_services as services on kind = 'service' and services.lower_service = low[2]
)

select
    code,
    case
        when not is_url and not is_relative then 'bad_url'
        when is_relative or is_bare_suffix then 'no_customer'
        when product is null then 'unknown_host'
        when customer is null then 'no_customer'
    end as reason,
    product,
    protocol,
    environment,
    customer,
    case kind
        when 'connector' then operation_by_method(method)
        when 'api' then operation_by_method(method)
        when 'metainfo' then 'metainfo'
        when 'attachment' then 'attachment'
        when 'report' then 'report'
        when 'version' then 'version'
        when 'auth' then 'auth'
        when 'oauth' then 'auth'
        when 'sign_in' then 'auth'
        when 'bi' then 'bi'
        when 'service'
            then case when method = 'POST' then coalesce(service_operation, 'other') else 'other' end
        else 'other'
    end as operation,
    connector,
    case kind
        when 'connector'
            then 'connectors/' || connector
            || case
                when method = 'DELETE' and len(path) > 3 then '/' || delete_template(path[4:], names[4:])
                when method in ('POST', 'PUT') and len(path) > 3 then '/' || names[4]
                else ''
            end
        when 'metainfo'
            then 'metainfo'
            || case when low[3] in ('get', 'update') then '/' || low[3] else '' end
            || coalesce('/' || connector, '')
        when 'attachment'
            then case low[2]
                when 'subjectconnector' then 'SubjectConnector'
                when 'fileconnector' then 'FileConnector'
                else 'ImageConnector'
            end
        when 'report' then 'ReportConnector'
        when 'version' then 'ProfitVersion'
        when 'auth' then case low[2] when 'otprequest' then 'OtpRequest' else 'OtpValidation' end
        when 'oauth' then 'oauth/' || low[3]
        when 'bi'
            then 'bi/' || names[3]
            || case when regexp_full_match(low[4], 'v[0-9]{1,2}') then '/' || low[4] else '' end
        when 'service' then coalesce(service, names[2]) || '.asmx'
        when 'api' then 'api/' || connector
        when 'sign_in' then low[2]
        else 'other'
    end as endpoint,
    kind = 'service' as is_soap_service
from spelled;
